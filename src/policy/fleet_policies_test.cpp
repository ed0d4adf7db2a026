#include "policy/budget_paced.hpp"
#include "policy/fleet_catalog.hpp"
#include "policy/lp_fleet.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace spotvane::policy {
namespace {

using namespace std::chrono_literals;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kWorthItsPrice = FleetReason::WorthItsPrice;

FleetPool pool(std::string_view type, double price, double rate, double deviation = 0) {
  return {.type = type,
          .zone = "us-east-1a",
          .price = Money::from_dollars(price),
          .measured = Throughput{rate, deviation}};
}

FleetPool on_demand(std::string_view type, double price, double rate) {
  auto made = pool(type, price, rate);
  made.is_on_demand = true;
  return made;
}

/// A job and what is seen of it, both to be changed by a test.
struct Scene {
  FleetJob job{.tasks = 3600, .nodes = 10, .budget = Money::from_dollars(1), .scaling_penalty = 0};
  std::vector<FleetPool> pools;
  std::vector<Worker> workers = {};
  FleetObservation seen{.interval = 5min,
                        .tasks_done = 0,
                        .spent = {},
                        .manager_price = {},
                        .manager_rate = 0,
                        .pools = {},
                        .workers = {}};
  FleetMemory memory = {};

  FleetDecision decide(const FleetPolicy& policy, Duration now = 0s) {
    seen.pools = pools;
    seen.workers = workers;
    return policy.decide(job, seen, memory, now);
  }
  FleetDecision decide(std::string_view name, Duration now = 0s) {
    return decide(*fleet_policy_named(name, {})->policy, now);
  }
};

/// The pools of launch orders, one entry a worker.
std::vector<std::size_t> launched(const FleetDecision& decision) {
  std::vector<std::size_t> pools;
  for (const auto& order : decision.launches) {
    LaunchTurn turn{order};
    while (const auto batch = turn.next()) {
      pools.insert(pools.end(), static_cast<std::size_t>(batch->count), batch->pool);
      turn.launched(batch->count);
    }
  }
  return pools;
}

double price_of(const std::vector<FleetPool>& pools, const std::vector<std::size_t>& workers) {
  return std::accumulate(workers.begin(), workers.end(), 0.0, [&](double sum, std::size_t worker) {
    return sum + pools[worker].price->dollars();
  });
}

// 3,600 tasks for a dollar: a worker is worth its price where it does more than a task a second and
// dollar an hour.
TEST(CloudPits, LaunchesTheFastestThatAreWorthTheirPriceABatchAtATime) {
  Scene scene{
      .pools = {pool("slow.good", 0.5, 1), pool("fast.good", 1, 3), pool("fast.bad", 9, 5)}};

  const auto decision = scene.decide("cloudpits");

  EXPECT_THAT(launched(decision), ElementsAre(1, 1, 0, 0, 1, 1, 0, 0, 1, 1));
  EXPECT_EQ(decision.launches.front().reason, kWorthItsPrice);
}

TEST(CloudPits, TakesTheDeviationOffBeforeItSaysWhatIsWorthIt) {
  Scene scene{.pools = {pool("steady", 1, 1.2), pool("unsteady", 1, 1.5, 0.6)}};

  EXPECT_EQ(scene.decide("cloudpits").launches.front().pools, std::vector<std::size_t>{0});
}

TEST(CloudPits, EndsAWorkerThatIsBelowTargetForAsLongAsIsBorne) {
  Scene scene{.pools = {pool("a", 1, 2)}};
  const CloudPits policy{{.patience = 2}};
  scene.workers = {{7, 0, 1h, Throughput{0.9, 0}}, {8, 0, 1h, Throughput{1.1, 0}}};

  EXPECT_THAT(scene.decide(policy).endings, IsEmpty());
  const auto second = scene.decide(policy);

  ASSERT_THAT(second.endings, SizeIs(1));
  EXPECT_EQ(second.endings.front().worker, 7U);
  EXPECT_EQ(second.endings.front().reason, FleetReason::BelowTarget);
}

TEST(CloudPits, BearsAWorkerWithoutAReportForTwoIntervals) {
  Scene scene{.pools = {pool("a", 1, 2)}};
  scene.workers = {{7, 0, 9min}};

  EXPECT_THAT(scene.decide("cloudpits").endings, IsEmpty());
  scene.workers.front().ready_for = 10min;
  EXPECT_THAT(scene.decide("cloudpits").endings, SizeIs(1));
}

TEST(CloudPits, SaysWhatWouldDoWhereNothingIsWorthItsPrice) {
  Scene scene{.pools = {pool("a", 2, 1)}};

  const auto decision = scene.decide("cloudpits");

  EXPECT_TRUE(decision.is_stopped);
  ASSERT_TRUE(decision.shortfall);
  EXPECT_EQ(*decision.shortfall->least_budget, Money::from_dollars(2));
  EXPECT_THAT(decision.shortfall->tasks_within, DoubleNear(1800, 1e-6));
}

TEST(CloudPits, RaisesABudgetUpToItsCapOnlyWhereItMay) {
  Scene scene{.pools = {pool("a", 1.15, 1)}};
  CloudPits::Options options{.on_shortfall = {.act = OnShortfall::Act::Raise}};

  EXPECT_EQ(*scene.decide(CloudPits{options}).raised_to, Money::from_dollars(1.21));

  scene.memory = {};
  options.on_shortfall.most = Money::from_dollars(1.05);
  const auto capped = scene.decide(CloudPits{options});
  EXPECT_EQ(*capped.raised_to, Money::from_dollars(1.05));
  EXPECT_TRUE(capped.shortfall);
}

TEST(CloudPits, GoesOnAsCheaplyAsCanBeOnceItHasBegun) {
  Scene scene{.pools = {pool("a", 2, 1), pool("b", 3, 1)}};
  scene.seen.tasks_done = 10;

  const auto decision = scene.decide("cloudpits");

  EXPECT_FALSE(decision.is_stopped);
  EXPECT_TRUE(decision.shortfall);
  ASSERT_THAT(decision.launches, SizeIs(1));
  EXPECT_EQ(decision.launches.front().reason, FleetReason::CheapestWork);
  EXPECT_EQ(decision.launches.front().pools, std::vector<std::size_t>{0});
}

TEST(Shortfall, APoolThatIsClosedForAWhileRaisesNoBudget) {
  const OnShortfall raise{.act = OnShortfall::Act::Raise};
  for (const auto* name : {"cloudpits", "lp-budget", "budget-paced"}) {
    Scene scene{.pools = {pool("cheap", 0.5, 1), pool("dear", 50, 1)}};
    scene.pools[0].room = 0;
    scene.pools[1].is_on_demand = true;
    EXPECT_FALSE(scene.decide(*fleet_policy_named(name, {.on_shortfall = raise})->policy).raised_to)
        << name;

    // Where nothing does more than its noise, no budget is enough.
    scene.pools = {pool("noisy", 0.5, 1, 2)};
    EXPECT_FALSE(scene.decide(*fleet_policy_named(name, {.on_shortfall = raise})->policy).raised_to)
        << name;
  }
}

TEST(FoundingDefects, AFifthOfFourNodesLaunchesNothing) {
  Scene scene{.pools = {pool("a", 0.5, 1)}};
  scene.job.nodes = 4;

  EXPECT_THAT(launched(scene.decide("cloudpits")), SizeIs(4));
  EXPECT_THAT(launched(scene.decide(CloudPits{{.defects = *founding_defects("zero-batch")}})),
              IsEmpty());
}

TEST(FoundingDefects, AMissingPriceIsNegativeAndCanPassTheFilter) {
  Scene scene{.pools = {pool("a", 1, 1, 2)}};
  scene.pools.front().price.reset();

  EXPECT_THAT(scene.decide("cloudpits").launches, IsEmpty());
  EXPECT_THAT(launched(scene.decide(CloudPits{{.volume = Money::from_dollars(0.09375),
                                               .defects = *founding_defects("missing-price")}})),
              SizeIs(10));
}

TEST(FoundingDefects, AWorkerWithoutAReportFailsAtOnce) {
  Scene scene{.pools = {pool("a", 0.5, 1)}};
  scene.workers = {{7, 0, -1min}};

  EXPECT_THAT(scene.decide(CloudPits{{.defects = *founding_defects("unreported-fails")}}).endings,
              SizeIs(1));
}

TEST(FoundingDefects, ATooSmallBudgetGrowsByTenthsUntilItDoes) {
  Scene scene{.pools = {pool("a", 2, 1)}};

  const auto decision = scene.decide(CloudPits{{.defects = *founding_defects("silent-raise")}});

  EXPECT_THAT(decision.raised_to->dollars(), DoubleNear(std::pow(1.1, 8), 1e-5));
  EXPECT_THAT(launched(decision), SizeIs(10));
}

TEST(FoundingDefects, OneRegionAndOneTypeAreHardCoded) {
  Scene scene{.pools = {pool("p3.2xlarge", 0.5, 1), pool("a", 0.5, 1)}};
  scene.pools[1].zone = "eu-west-1a";

  EXPECT_THAT(launched(scene.decide("cloudpits")), SizeIs(10));
  EXPECT_THAT(scene.decide(CloudPits{{.defects = *founding_defects("hard-coded")}}).launches,
              IsEmpty());
}

TEST(LpBudget, MixesATypeBelowTheTargetWithOthersAboveIt) {
  Scene scene{.pools = {pool("cheap", 0.5, 1), pool("fast", 4, 3)}};
  scene.job.budget = Money::from_dollars(1.02);

  const auto fleet = launched(scene.decide("lp-budget"));

  // x of the fast among ten: 5 + 3.5 x dollars an hour for 10 + 2 x tasks a second.
  EXPECT_EQ(std::count(fleet.begin(), fleet.end(), 1), 3);
  EXPECT_THAT(fleet, SizeIs(10));
}

/// A market of so many types whose prices lie around what the budget has for their work.
Scene drawn_scene(Random& random, std::size_t types) {
  Scene scene;
  scene.job.tasks = 1000 + 100'000 * random.unit();
  scene.job.nodes = 1 + static_cast<int>(random.below(100));
  double cheapest = 1e9;
  for (std::size_t i = 0; i < types; ++i) {
    const auto rate = 0.5 + 50 * random.unit();
    scene.pools.push_back(
        pool("t", 0.02 + rate * 0.02 * (0.3 + random.unit()), rate, rate * 0.2 * random.unit()));
    cheapest = std::min(cheapest, scene.pools.back().price->dollars() / 3600 /
                                      (rate - scene.pools.back().measured->deviation));
  }
  scene.job.budget = Money::from_dollars(scene.job.tasks * cheapest * (1.02 + 0.8 * random.unit()));
  return scene;
}

double cautious_rate(const std::vector<FleetPool>& pools, const std::vector<std::size_t>& workers) {
  return std::accumulate(workers.begin(), workers.end(), 0.0, [&](double sum, std::size_t worker) {
    return sum + pools[worker].measured->mean - pools[worker].measured->deviation;
  });
}

TEST(LpBudget, IsNeverSlowerThanTheFoundingProgramsFleet) {
  const LpBudget lp{{.caution = 1, .reserve = 0}};
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    Random random{seed};
    auto scene = drawn_scene(random, 1 + random.below(40));
    const auto manager = seed % 2 == 0 ? 0.0 : 0.3 * random.unit();
    scene.seen.manager_price = Money::from_dollars(manager);
    const auto theirs = launched(scene.decide("cloudpits"));
    const auto ours = launched(scene.decide(lp));
    const auto cost = [&](const std::vector<std::size_t>& fleet) {
      return (price_of(scene.pools, fleet) + manager) / 3600 * scene.job.tasks /
             cautious_rate(scene.pools, fleet);
    };

    ASSERT_THAT(theirs, SizeIs(Ge(1U))) << "seed " << seed;
    // The founding program forgets the manager: its fleet may break the budget.
    if (cost(theirs) <= scene.job.budget->dollars()) {
      ASSERT_GE(cautious_rate(scene.pools, ours), cautious_rate(scene.pools, theirs) * (1 - 1e-9))
          << "seed " << seed;
      ++compared;
    }
    if (!ours.empty()) {
      ASSERT_LE(cost(ours), scene.job.budget->dollars() * (1 + 1e-6)) << "seed " << seed;
    }
  }
  EXPECT_GT(compared, 5000);
}

TEST(LpBudget, CountsTheManagerWhereItKeepsTheBudget) {
  Scene scene{.pools = {pool("a", 0.9, 1)}};
  scene.seen.manager_price = Money::from_dollars(0.5);

  // Ten workers cost 9 $ an hour, and the manager 0.5, for ten tasks a second.
  EXPECT_THAT(launched(scene.decide("lp-budget")), SizeIs(10));
  scene.seen.manager_price = Money::from_dollars(1.5);
  const auto decision = scene.decide("lp-budget");
  EXPECT_TRUE(decision.is_stopped);
  EXPECT_EQ(*decision.shortfall->least_budget, Money::from_dollars(1.05));
}

TEST(LpBudget, GoesOnAsCheaplyAsCanBeWhereAJobThatHasBegunGetsTooDear) {
  Scene scene{.pools = {pool("a", 2, 1), pool("b", 3, 2)}};
  scene.seen.tasks_done = 100;
  scene.workers = {{7, 0, 1h, Throughput{1, 0}}};

  const auto decision = scene.decide("lp-budget");

  EXPECT_FALSE(decision.is_stopped);
  EXPECT_TRUE(decision.shortfall);
  EXPECT_EQ(decision.endings.front().worker, 7U);
  EXPECT_THAT(launched(decision), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
}

TEST(LpBudget, KeepsAWorkerRatherThanLaunchItsLike) {
  Scene scene{.pools = {pool("a", 0.5, 1), pool("b", 0.499, 1)}};
  scene.job.changeover = 4min;
  for (std::uint64_t id = 0; id < 10; ++id) {
    scene.workers.push_back({id, 0, 1h, Throughput{1, 0}});
  }

  const auto decision = scene.decide("lp-budget");

  EXPECT_THAT(decision.endings, IsEmpty());
  EXPECT_THAT(decision.launches, IsEmpty());
}

TEST(LpBudget, KeepsWorkersThatReportALittleLessThanTheirTypeDoes) {
  Scene scene{.pools = {pool("a", 0.5, 1)}};
  for (std::uint64_t id = 0; id < 10; ++id) {
    scene.workers.push_back({id, 0, 1h, Throughput{0.9, 0}});
  }

  const auto decision = scene.decide("lp-budget");

  EXPECT_THAT(decision.endings, IsEmpty());
  EXPECT_THAT(decision.launches, IsEmpty());
}

TEST(LpBudget, TakesNobodyForSlowForWhatAFullFleetLeavesHim) {
  Scene scene{.pools = {pool("a", 1, 1)}};
  scene.job = {.tasks = 1e6, .nodes = 200, .budget = Money::from_dollars(1e6)};
  for (std::uint64_t id = 1; id <= 200; ++id) {
    scene.workers.push_back({id, 0, 1h, Throughput{0.8, 0}});
  }

  EXPECT_THAT(scene.decide("lp-budget").endings, IsEmpty());
}

TEST(LpBudget, ReplacesTheOneWorkerThatIsSlow) {
  Scene scene{.pools = {pool("a", 0.3, 1)}};
  for (std::uint64_t id = 0; id < 10; ++id) {
    scene.workers.push_back({id, 0, 1h});
  }
  scene.workers[4].reported = Throughput{0.4, 0};

  const auto decision = scene.decide("lp-budget");

  EXPECT_THAT(decision.endings, ElementsAre(Field(&Ending::worker, 4U)));
  EXPECT_THAT(launched(decision), ElementsAre(0));
}

TEST(LpBudget, LaunchesEvenWhereALaunchTakesLongerThanTheWork) {
  Scene scene{.pools = {pool("a", 0.3, 1)}};
  scene.job.changeover = 20min;  // ten workers do the work in six minutes
  scene.job.budget = Money::from_dollars(2);

  EXPECT_THAT(launched(scene.decide("lp-budget")), SizeIs(Ge(1U)));
}

TEST(LpDeadline, TakesTheCheapestFleetThatIsInTime) {
  Scene scene{.pools = {pool("cheap", 0.1, 0.1), pool("fast", 1, 0.5), on_demand("od", 3, 2)}};
  scene.job.deadline = 1h;

  // 3,600 tasks in an hour are one a second: ten of the cheap ones, just.
  EXPECT_THAT(launched(scene.decide("lp-deadline")), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  scene.job.tasks = 5000;
  EXPECT_THAT(launched(scene.decide("lp-deadline")), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
}

TEST(LpDeadline, IsFasterThanItMustBeWhereThatSavesOfTheManager) {
  Scene scene{.pools = {pool("cheap", 0.1, 0.1), pool("fast", 0.55, 0.5), on_demand("od", 9, 1)}};
  scene.job.deadline = 2h;
  scene.seen.manager_price = Money::from_dollars(2);

  EXPECT_THAT(launched(scene.decide("lp-deadline")), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
}

TEST(LpDeadline, FallsBackToOnDemandWhileThatIsStillInTime) {
  Scene scene{.pools = {pool("spot", 0.1, 1), on_demand("od", 1, 1)}};
  scene.job.deadline = 1h;
  scene.job.tasks = 30'000;  // ten on-demand workers do 32,400 in an hour for sure

  const auto decision = scene.decide("lp-deadline");

  EXPECT_THAT(launched(decision), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
  EXPECT_EQ(decision.launches.front().reason, FleetReason::DeadlineIsNear);
}

TEST(LpDeadline, KeepsSpotWhereOnDemandIsClosed) {
  Scene scene{.pools = {pool("spot", 0.1, 1), on_demand("od", 1, 1)}};
  scene.job.deadline = 1h;
  scene.job.tasks = 34'000;
  scene.pools.back().room = 0;
  scene.workers = {{1, 0, 10min}, {2, 0, 10min}};

  EXPECT_THAT(scene.decide("lp-deadline").endings, IsEmpty());
  scene.pools.back().room = 9;
  const auto decision = scene.decide("lp-deadline");
  EXPECT_THAT(launched(decision), SizeIs(9));
  EXPECT_THAT(decision.endings, SizeIs(1));
}

TEST(LpDeadline, SaysWhatTimeWouldDo) {
  Scene scene{.pools = {on_demand("od", 1, 1)}};
  scene.job.deadline = 1h;
  scene.job.tasks = 64'800;

  const auto decision = scene.decide("lp-deadline");

  ASSERT_TRUE(decision.shortfall);
  EXPECT_EQ(*decision.shortfall->least_time, 2h);
}

TEST(BudgetPaced, RunsTheFastestAheadOfTheLineAndOnlyWhatIsWorthItBehind) {
  Scene scene{.pools = {pool("cheap", 0.5, 1), pool("fast", 4, 3)}};
  scene.job.tasks = 36'000;
  scene.job.budget = Money::from_dollars(10);

  EXPECT_THAT(launched(scene.decide("budget-paced")), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));

  scene.seen.tasks_done = 9'000;
  scene.seen.spent = Money::from_dollars(3);
  EXPECT_THAT(launched(scene.decide("budget-paced")), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_FALSE(scene.memory.is_ahead);
}

TEST(Baselines, TakeTheCheapestWorkOfTheirKind) {
  Scene scene{.pools = {pool("a", 0.5, 1), pool("b", 0.7, 2), on_demand("a", 2, 1)}};

  EXPECT_EQ(launched(scene.decide("spot-greedy")), std::vector<std::size_t>(10, 1));
  EXPECT_EQ(launched(scene.decide("on-demand")), std::vector<std::size_t>(10, 2));
}

TEST(Baselines, TakeTheNextCheapestWhereTheCheapestHasNoRoom) {
  Scene scene{.pools = {pool("a", 0.5, 1), pool("b", 0.9, 1), pool("c", 0.7, 1)}};
  scene.pools.front().room = 0;
  scene.workers = {{1, 0, 1h}, {2, 0, 1h}, {3, 0, 1h}, {4, 0, 1h}};

  const auto decision = scene.decide("spot-greedy");
  EXPECT_THAT(decision.endings, IsEmpty());
  EXPECT_THAT(launched(decision), ElementsAre(2, 2, 2, 2, 2, 2));
  scene.pools.back().room = 2;
  EXPECT_THAT(launched(scene.decide("spot-greedy")), ElementsAre(1, 1, 1, 1, 2, 2));
}

TEST(KeepBudget, LetsADecisionHoldNoLongerThanTheBudgetPaysFor) {
  Scene scene{.pools = {pool("a", 6, 1)}};
  scene.workers = {{1, 0, 1h}, {2, 0, 1h}};
  scene.decide("spot-greedy");
  scene.seen.spent = Money::from_dollars(0.4);

  const auto decision = keep_budget(scene.job, scene.seen, {}, {});

  EXPECT_EQ(decision.holds_for, 3min);  // 0.6 $ at 12 $ an hour
}

TEST(KeepBudget, StopsAJobWhoseBudgetIsSpent) {
  Scene scene{.pools = {pool("a", 6, 1)}};
  scene.workers = {{1, 0, 1h}, {2, 0, 1h}};
  scene.decide("spot-greedy");
  scene.seen.manager_price = Money::from_dollars(0.1);
  scene.seen.spent = *scene.job.budget;

  const auto decision =
      keep_budget(scene.job, scene.seen, {}, {.launches = {{{0}, 3, 3, 1, kWorthItsPrice}}});

  EXPECT_TRUE(decision.is_stopped);
  EXPECT_THAT(decision.endings, SizeIs(2));
  EXPECT_THAT(decision.launches, IsEmpty());
}

TEST(FleetPolicies, SuggestTheNameThatWasMeant) {
  const auto found = fleet_policy_named("lp-buget", {});

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().hint, "did you mean 'lp-budget'?");
  EXPECT_EQ(fleet_policy_named("cost-performance", {})->name, "cloudpits");
}

}  // namespace
}  // namespace spotvane::policy
