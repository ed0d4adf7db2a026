#include "policy/lp_fleet.hpp"
#include "replay/fleet_study.hpp"
#include "support/seeds.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace spotvane::replay {
namespace {

using namespace std::chrono_literals;
using testing::DoubleNear;
using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::Le;

constexpr TimePoint kStart = std::chrono::sys_days{std::chrono::year{2021} / 3 / 2};
const FleetWorld kStillWorld{.noise = 0};

MarketPool pool(std::string type, PriceCourse price, double rate) {
  return {.type = std::move(type),
          .zone = "us-east-1a",
          .price = std::move(price),
          .measured = policy::Throughput{rate, 0}};
}

PriceCourse dollars(double price) {
  return PriceCourse{Money::from_dollars(price)};
}

PriceCourse rising(double first, Duration after, double then) {
  return PriceCourse{
      {{kStart - 1h, Money::from_dollars(first)}, {kStart + after, Money::from_dollars(then)}}};
}

FleetMarket market(std::vector<MarketPool> pools) {
  return {.pools = std::move(pools), .begin = kStart, .end = kStart + std::chrono::days{30}};
}

policy::FleetJob job(double tasks, int nodes) {
  return {.tasks = tasks, .nodes = nodes, .scaling_penalty = 0};
}

FleetOutcome run(std::string_view name, const policy::FleetJob& job, const FleetMarket& market,
                 const FleetWorld& world = kStillWorld, std::uint64_t seed = 1,
                 policy::FoundingDefects defects = {}) {
  const auto made = policy::fleet_policy_named(name, {.defects = defects});
  return replay_fleet(job, market, world, *made->policy, kStart, Random{seed});
}

TEST(PriceCourse, SumsWhatEachPriceHeldFor) {
  const auto course = rising(1, 2h, 3);

  EXPECT_THAT(course.usd(kStart, kStart + 5h), DoubleNear(2 * 1 + 3 * 3, 1e-9));
  EXPECT_EQ(course.at(kStart - 2h), std::nullopt);
  EXPECT_EQ(course.first_above(Money::from_dollars(2), kStart, kStart + 5h), kStart + 2h);
  EXPECT_EQ(course.first_above(Money::from_dollars(3), kStart, kStart + 5h), std::nullopt);
}

TEST(FleetReplay, CostsWhatTheHoursOfItsWorkersAndItsManagerCost) {
  auto world = kStillWorld;
  world.manager_price = Money::from_dollars(0.5);
  world.volume = Money::from_dollars(0.1);

  const auto outcome =
      run("spot-greedy", job(36'000, 10), market({pool("a", dollars(1), 1)}), world);

  EXPECT_TRUE(outcome.is_done);
  EXPECT_EQ(outcome.time, 1h);
  EXPECT_THAT(outcome.cost_usd, DoubleNear(10 * 1.1 + 0.5, 1e-9));
}

TEST(FleetReplay, PaysForALaunchBeforeItWorks) {
  auto world = kStillWorld;
  world.launch_times = {6min};

  const auto outcome =
      run("spot-greedy", job(36'000, 10), market({pool("a", dollars(1), 1)}), world);

  EXPECT_EQ(outcome.time, 66min);
  EXPECT_THAT(outcome.cost_usd, DoubleNear(11, 0.01));
}

TEST(FleetReplay, LosesWorkersWhereThePriceRisesAboveTheirBids) {
  auto world = kStillWorld;
  world.bid = 1.2;
  const auto rises = market({pool("a", rising(1, 31min, 2), 1), pool("b", dollars(1.5), 1)});

  const auto outcome = run("spot-greedy", job(36'000, 10), rises, world);

  EXPECT_EQ(outcome.interruptions, 10);
  EXPECT_TRUE(outcome.is_done);
  EXPECT_THAT(outcome.cost_usd, DoubleNear(10 * (31 * 1 + 29 * 1.5) / 60, 1e-6));
}

TEST(FleetReplay, LosesWorkersWhereThereIsNoRoomAnyMore) {
  auto shrinking = pool("a", dollars(1), 1);
  shrinking.room = {{kStart, 10}, {kStart + 30min, 4}};

  const auto outcome = run("spot-greedy", job(36'000, 10), market({shrinking}));

  EXPECT_EQ(outcome.interruptions, 6);
  EXPECT_GT(outcome.time, 1h);
}

TEST(FleetReplay, BacksOffFromAPoolThatFails) {
  auto world = kStillWorld;
  world.failed_launches = 0.999999;

  const auto outcome =
      run("spot-greedy", job(36'000, 1), market({pool("a", dollars(1), 1)}), world);

  // 30 days of looks, but each failure doubles the time until the next.
  EXPECT_THAT(outcome.failed_launches, Le(14));
  EXPECT_GT(outcome.looks, 8000);
}

TEST(FleetReplay, AFleetThatCannotKeepItsBudgetSpendsNothing) {
  auto cheap = job(36'000, 10);
  cheap.budget = Money::from_dollars(9);

  for (const auto* name : {"lp-budget", "cloudpits"}) {
    const auto outcome = run(name, cheap, market({pool("a", dollars(1), 1)}));
    EXPECT_EQ(outcome.cost_usd, 0) << name;
    EXPECT_EQ(outcome.shortfall->least_budget, Money::from_dollars(10)) << name;
  }
}

TEST(FoundingDefects, LivePricesDoNotMoveWithSimulatedTime) {
  auto world = kStillWorld;
  world.defects = *policy::founding_defects("live-prices");
  const auto rises = market({pool("a", rising(1, 30min, 2), 1)});

  EXPECT_THAT(run("spot-greedy", job(36'000, 10), rises).cost_usd, DoubleNear(15, 1e-6));
  EXPECT_THAT(run("spot-greedy", job(36'000, 10), rises, world).cost_usd, DoubleNear(20, 1e-6));
}

TEST(FoundingDefects, TheManagersRowEndsTheSimulation) {
  auto world = kStillWorld;
  world.defects = *policy::founding_defects("manager-row");

  EXPECT_EQ(run("spot-greedy", job(36'000, 10), market({pool("a", dollars(1), 1)}), world).looks,
            0);
}

TEST(FoundingDefects, FailuresByTheStepGrowWithTheNumberOfSteps) {
  auto world = kStillWorld;
  world.losses_per_hour = 0.05;
  const auto one = market({pool("a", dollars(1), 1)});
  const auto losses = [&](Duration interval) {
    world.interval = interval;
    return run("spot-greedy", job(3'600'000, 10), one, world).interruptions;
  };

  const auto by_time = std::pair{losses(1min), losses(10min)};
  world.defects = *policy::founding_defects("failures-per-step");
  const auto by_step = std::pair{losses(1min), losses(10min)};

  EXPECT_LT(by_time.first, 2 * by_time.second);
  EXPECT_GT(by_step.first, 5 * by_step.second);
}

TEST(FoundingDefects, AfterALossTheNextWorkerIsLeftOut) {
  auto world = kStillWorld;
  world.losses_per_hour = 0.3;
  world.defects = *policy::founding_defects("failures-per-step");
  const auto one = market({pool("a", dollars(1), 1)});
  const auto whole = run("spot-greedy", job(360'000, 10), one, world);

  world.defects |= *policy::founding_defects("mutated-list");
  const auto mutated = run("spot-greedy", job(360'000, 10), one, world);

  const auto usd_time = [](const FleetOutcome& outcome) {
    return static_cast<double>(outcome.time.count());
  };
  EXPECT_LT(mutated.workers_usd / usd_time(mutated), whole.workers_usd / usd_time(whole));
}

/// Several types in several zones whose prices jump, room that comes and goes, workers that die.
struct DrawnMarket {
  explicit DrawnMarket(Random& random) {
    const auto types = 1 + random.below(5);
    for (std::uint64_t type = 0; type < types; ++type) {
      const auto rate = 0.2 + 5 * random.unit();
      const auto on_demand_price = rate * (0.5 + 0.3 * random.unit());
      const auto zones = 1 + random.below(3);
      for (std::uint64_t zone = 0; zone < zones; ++zone) {
        std::vector<PriceStep> steps;
        for (auto at = kStart - 1h; at < kStart + 48h;
             at += std::chrono::minutes{1 + random.below(900)}) {
          steps.push_back({at, Money::from_dollars(on_demand_price * (0.2 + 0.8 * random.unit()))});
        }
        market.pools.push_back(pool(fmt::format("t{}", type), PriceCourse{steps}, rate));
        market.pools.back().measured->deviation = rate * 0.2 * random.unit();
        for (auto at = kStart - 1h; random.chance(0.3) && at < kStart + 48h; at += 5h) {
          market.pools.back().room.push_back({at, static_cast<int>(random.below(12))});
        }
      }
      market.pools.push_back(pool(fmt::format("t{}", type), dollars(on_demand_price), rate));
      market.pools.back().is_on_demand = true;
    }
    market.begin = kStart;
    market.end = kStart + std::chrono::days{20};
    world = {.interval = std::chrono::minutes{1 + random.below(20)},
             .failed_launches = 0.5 * random.unit(),
             .losses_per_hour = random.chance(0.5) ? 2 * random.unit() : 0,
             .noise = 0.1 * random.unit(),
             .bid = random.chance(0.5) ? std::optional{1 + random.unit()} : std::nullopt,
             .launch_times = {1min, 2min},
             .startup = 1min,
             .manager_price = Money::from_dollars(0.2 * random.unit())};
    job = {.tasks = 1000 + 100'000 * random.unit(),
           .nodes = 1 + static_cast<int>(random.below(30)),
           .changeover = 3min};
    job.budget = Money::from_dollars(job.tasks / 3600 * (0.05 + random.unit()));
    job.deadline = std::chrono::hours{1 + random.below(20)};
  }

  /// Whether on-demand is sure to keep the deadline from the start on.
  bool is_feasible() const {
    std::vector<policy::FleetPool> shown;
    for (const auto& one : market.pools) {
      shown.push_back({.type = one.type,
                       .zone = one.zone,
                       .is_on_demand = one.is_on_demand,
                       .price = one.price.at(kStart),
                       .measured = one.measured});
    }
    const policy::LpDeadline policy{{}};
    const policy::FleetObservation seen{.interval = world.interval,
                                        .tasks_done = 0,
                                        .spent = {},
                                        .manager_price = {},
                                        .manager_rate = 0,
                                        .pools = shown,
                                        .workers = {}};
    return policy.sure_tasks(job, seen, *job.deadline) >= job.tasks;
  }

  FleetMarket market;
  FleetWorld world;
  policy::FleetJob job;
};

/// How many markets are drawn: ten times as many where more seeds than usual are asked for.
std::uint64_t markets() {
  constexpr std::size_t kUsual = 50;
  const auto seeds = support::seeds().size();
  return seeds > kUsual ? 10 * seeds : seeds;
}

TEST(FleetPolicies, KeepBudgetsAndFeasibleDeadlinesInEveryMarket) {
  std::uint64_t feasible = 0;
  for (std::uint64_t seed = 0; seed < markets(); ++seed) {
    Random random{seed};
    const DrawnMarket drawn{random};
    const auto is_feasible = drawn.is_feasible();
    feasible += is_feasible ? 1U : 0U;
    for (const auto& name : policy::fleet_policy_names()) {
      auto job = drawn.job;
      if (name == "lp-deadline") {
        job.budget.reset();
      }
      const auto outcome = run(name, job, drawn.market, drawn.world, seed);

      if (job.budget) {
        ASSERT_LE(outcome.cost_usd, job.budget->dollars() + 1e-6) << name << ", seed " << seed;
      } else if (is_feasible) {
        ASSERT_FALSE(outcome.is_late) << name << ", seed " << seed;
      }
      const auto again = run(name, job, drawn.market, drawn.world, seed);
      ASSERT_EQ(outcome.cost_usd, again.cost_usd) << name << ", seed " << seed;
      ASSERT_EQ(outcome.time, again.time) << name << ", seed " << seed;
    }
  }
  EXPECT_GT(feasible, markets() / 4);
}

TEST(LeastCost, IsBelowWhatAnyPolicyPays) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random{seed};
    DrawnMarket drawn{random};
    drawn.world.noise = 0;
    drawn.job.budget.reset();
    for (const auto* name : {"spot-greedy", "on-demand", "lp-deadline"}) {
      const auto outcome = run(name, drawn.job, drawn.market, drawn.world, seed);
      if (outcome.is_done) {
        EXPECT_LE(least_cost(drawn.job, drawn.market, drawn.world, kStart, outcome.time),
                  outcome.cost_usd * (1 + 1e-9))
            << name << ", seed " << seed;
      }
    }
  }
}

FleetStudy small_study() {
  Random random{7};
  const DrawnMarket drawn{random};
  FleetStudy study{.job = drawn.job,
                   .budgets = {Money::from_dollars(5), Money::from_dollars(50)},
                   .policies = {},
                   .market = drawn.market,
                   .world = drawn.world,
                   .seed = 11,
                   .runs = 9};
  for (const auto* name : {"lp-budget", "spot-greedy"}) {
    study.policies.push_back(std::move(*policy::fleet_policy_named(name, {})));
  }
  return study;
}

TEST(FleetStudy, IsTheSameOnAnyNumberOfThreads) {
  const auto study = small_study();
  const auto go_on = [](double) { return true; };

  const auto one = run_fleet_study(study, 1, go_on);
  const auto three = run_fleet_study(study, 3, go_on);

  ASSERT_EQ(one->size(), 9U * 2 * 2);
  for (std::size_t i = 0; i < one->size(); ++i) {
    EXPECT_EQ((*one)[i].start, (*three)[i].start);
    EXPECT_EQ((*one)[i].outcome.cost_usd, (*three)[i].outcome.cost_usd);
    EXPECT_EQ((*one)[i].oracle_usd, (*three)[i].oracle_usd);
  }
}

TEST(FleetStudy, IsRefusedWhereAPolicyLacksWhatItNeeds) {
  auto study = small_study();
  study.budgets = {std::nullopt};

  EXPECT_THAT(check(study).error().message, HasSubstr("'lp-budget' needs a budget"));
}

}  // namespace
}  // namespace spotvane::replay
