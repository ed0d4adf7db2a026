#include "market/collector_harness.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "support/seeds.hpp"

namespace spotvane::market {
namespace {

const model::CredentialName kFirst{"first"};
const model::CredentialName kSecond{"second"};

/// What outlives the process: two accounts with a limit each.
struct TwoAccounts : World {
  explicit TwoAccounts(std::uint64_t seed, std::size_t first_limit = 50,
                       std::size_t second_limit = 50, int types = 6)
      : World{seed, types, first_limit}, second_quota{second_limit} {}

  sim::ScoreQuota second_quota;
};

/// A collector with the credentials of both.
struct Collecting {
  Collecting(TwoAccounts& the_world, TimePoint start, CollectorOptions options = {},
             sim::FaultPlan faults = {}, std::uint64_t seed = 0)
      : world{the_world},
        loop{start},
        first{{loop, loop, world.market, world.quota, &world.crash}, "1", Random{seed}, faults},
        second{{loop, loop, world.market, world.second_quota, &world.crash},
               "2",
               Random{seed + 1},
               with_other_names(faults)},
        collector{std::move(options),
                  {loop,
                   loop,
                   {{kFirst, first, first, first}, {kSecond, second, second, second}},
                   first,
                   world.state,
                   world.lake}} {}

  static sim::FaultPlan with_other_names(sim::FaultPlan faults) {
    faults.shifts_zone_names = true;
    return faults;
  }

  Result<CycleSummary> run_cycle() { return market::run_cycle(collector, loop); }

  void run_until(TimePoint end) {
    while (loop.now() < end) {
      const auto summary = run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
      loop.run_for(next_slot(loop.now(), 10min) - loop.now());
    }
  }

  model::DayPlan plan() { return **world.state.plan(day_of(loop.now())); }

  TwoAccounts& world;
  sim::EventLoop loop;
  sim::Cloud first;
  sim::Cloud second;
  Collector collector;
};

std::map<model::CredentialName, int> queries_by_credential(const model::DayPlan& plan) {
  std::map<model::CredentialName, int> count;
  for (const auto& planned : plan.queries) {
    ++count[planned.credential];
  }
  return count;
}

std::map<model::Outcome, int> outcomes_of(const CycleRecord& record, const std::string& source) {
  std::map<model::Outcome, int> count;
  for (const auto& outcome : record.outcomes) {
    count[outcome.outcome] += outcome.source == source ? 1 : 0;
  }
  std::erase_if(count, [](const auto& one) { return one.second == 0; });
  return count;
}

Rows without_scores(Rows rows) {
  for (auto& [pool, state] : rows) {
    state.sps.reset();
    state.t2.reset();
    state.t3.reset();
  }
  return rows;
}

/// Configurations that both ledgers count at `now`.
std::vector<std::string> paid_twice(TwoAccounts& world, TimePoint now) {
  const auto first = load_quota(world.state, kFirst, now)->live_configurations();
  const auto second = load_quota(world.state, kSecond, now)->live_configurations();
  std::vector<std::string> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(both));
  return both;
}

TEST(CollectorCredentials, SpreadsItsQueriesAndPaysForEachOnce) {
  TwoAccounts world{1};
  Collecting process{world, kMidnight, {.plan = {.sample_count = 40}}};
  ASSERT_TRUE(process.collector.recover());

  process.run_until(kMidnight + 49h);

  const auto shares = queries_by_credential(process.plan());
  EXPECT_GE(shares.at(kFirst), 3);
  EXPECT_GE(shares.at(kSecond), 3);
  EXPECT_THAT(paid_twice(world, process.loop.now()), testing::IsEmpty());
  const auto last = world.state.records().rbegin()->first;
  EXPECT_EQ(rebuilt(world, last), truth(world, last));
  audit_archive(world);
}

TEST(CollectorCredentials, LosesOnlyTheQueriesOfACredentialThatIsDenied) {
  TwoAccounts world{1};
  Collecting process{world, kMidnight, {.plan = {.sample_count = 40}}, {.omits_zone_ids = true}};
  process.run_until(kMidnight + 30min);
  auto shares = queries_by_credential(process.plan());

  process.first.set_denied(true);
  const auto denied = process.run_cycle();

  ASSERT_TRUE(denied);
  EXPECT_EQ(outcomes_of(denied->record, "sps"),
            (std::map<model::Outcome, int>{{model::Outcome::Ok, shares[kSecond]},
                                           {model::Outcome::Denied, shares[kFirst]}}));
  EXPECT_EQ(outcomes_of(denied->record, "credential"),
            (std::map<model::Outcome, int>{{model::Outcome::Ok, 1}, {model::Outcome::Denied, 1}}));
  EXPECT_EQ(outcomes_of(denied->record, "spot_price"),
            (std::map<model::Outcome, int>{{model::Outcome::Ok, 3}}));
  const auto at = denied->record.cycle;
  EXPECT_EQ(without_scores(rebuilt(world, at)), without_scores(truth(world, at)))
      << "the other account names the zones otherwise";

  process.first.set_denied(false);
  process.loop.run_for(10min);
  const auto again = process.run_cycle();
  EXPECT_EQ(outcomes_of(again->record, "sps").count(model::Outcome::Denied), 0U);
  EXPECT_EQ(rebuilt(world, again->record.cycle), truth(world, again->record.cycle));
}

TEST(CollectorCredentials, KeepTheScoresOfADeniedOnesPoolsAsTheyWere) {
  TwoAccounts world{1};
  Collecting process{world, kMidnight, {.plan = {.sample_count = 40, .capacities = {1, 10}}}};
  process.run_until(kMidnight + 30min);
  const auto scored = [&](TimePoint at) {
    const auto rows = rebuilt(world, at);
    return std::count_if(rows.begin(), rows.end(),
                         [](const auto& row) { return row.second.sps.has_value(); });
  };
  const auto before = scored(world.state.records().rbegin()->first);

  process.first.set_denied(true);
  process.run_until(kMidnight + 1h);

  EXPECT_EQ(scored(world.state.records().rbegin()->first), before);
}

TEST(CollectorCredentials, PlansWithoutACredentialThatIsDenied) {
  TwoAccounts world{1};
  Collecting process{world, kMidnight, {.plan = {.sample_count = 40}}};
  process.first.set_denied(true);

  ASSERT_TRUE(process.run_cycle());

  EXPECT_EQ(queries_by_credential(process.plan()).size(), 1U);
  EXPECT_EQ(queries_by_credential(process.plan()).count(kSecond), 1U);
}

TEST(CollectorCredentials, PlansNothingWhileAllAreDeniedAndLaterInTheDayDoes) {
  TwoAccounts world{1};
  Collecting process{world, kMidnight};
  process.first.set_denied(true);
  process.second.set_denied(true);
  const auto denied = process.run_cycle();
  ASSERT_TRUE(denied);
  EXPECT_EQ(denied->queries_planned, 0U);

  process.first.set_denied(false);
  process.second.set_denied(false);
  process.loop.run_for(10min);
  const auto again = process.run_cycle();

  EXPECT_TRUE(again->made_plan);
  EXPECT_EQ(rebuilt(world, again->record.cycle), truth(world, again->record.cycle));
}

TEST(CollectorCredentials, LearnEachItsOwnLimitWithinThirtyDaysAndOneRefusal) {
  TwoAccounts world{11, 10, 50, 150};
  Collecting process{world, kMidnight, {.plan = {.sample_count = 300}}};
  ASSERT_TRUE(process.collector.recover());
  for (int day = 0; day < 30; ++day) {
    const auto begin = kMidnight + std::chrono::days{day};
    for (const auto at : {0min, 10min, 20min, 12 * 60min, 23 * 60min + 50min}) {
      process.loop.run_for(begin + at - process.loop.now());
      const auto summary = process.run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
      EXPECT_THAT(paid_twice(world, process.loop.now()), testing::IsEmpty());
    }
    ASSERT_TRUE(compact_day(world.state, world.lake, day_of(begin)));
    EXPECT_EQ(process.first.refusals(), 1U) << "day " << day;
    EXPECT_EQ(process.second.refusals(), 1U) << "day " << day;
  }
  EXPECT_EQ(world.state.quota_limit(kFirst)->value().refused_beyond, 10);
  EXPECT_EQ(world.state.quota_limit(kSecond)->value().refused_beyond, 50);
}

TEST(CollectorCredentials, OverspendNothingAndLoseNothingWhereverACycleOfASweepCrashes) {
  bool has_crashed = true;
  std::uint64_t place = 0;
  for (; has_crashed; ++place) {
    SCOPED_TRACE(fmt::format("crash at place {}", place));
    TwoAccounts world{3, 12, 20};
    const CollectorOptions options{.plan = {.sample_count = 40, .capacities = {1, 10, 50}}};
    TimePoint now = kMidnight - 20min;
    std::size_t refusals = 0;
    has_crashed = false;
    {
      Collecting process{world, now, options};
      ASSERT_TRUE(process.collector.recover());
      process.run_until(kMidnight);
      world.crash.arm(place);
      try {
        ASSERT_TRUE(process.run_cycle());
      } catch (const sim::Crash&) {
        has_crashed = true;
      }
      world.crash.disarm();
      now = process.loop.now();
      refusals = process.first.refusals() + process.second.refusals();
    }
    Collecting process{world, now, options};
    ASSERT_TRUE(process.collector.recover());
    process.run_until(kMidnight + 40min);

    EXPECT_LE(refusals + process.first.refusals() + process.second.refusals(), 2U);
    EXPECT_THAT(paid_twice(world, process.loop.now()), testing::IsEmpty());
    const auto last = world.state.records().rbegin()->first;
    EXPECT_EQ(without_scores(rebuilt(world, last)), without_scores(truth(world, last)));
    audit_archive(world);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  EXPECT_GT(place, 50U);
}

/// One seed is one history of the world: rerun it with SPOTVANE_SEED=<seed>.
class CredentialFaults : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CredentialFaults, EveryQueryThatIsDueEndsInOneOutcomeAndTheArchiveIsWhatTheCollectorSaw) {
  SCOPED_TRACE(fmt::format("replay with SPOTVANE_SEED={}", GetParam()));
  Random random{GetParam()};
  TwoAccounts world{random.next(), 1 + random.below(30), 1 + random.below(30)};
  const auto faults = sim::FaultPlan::swarm(random);
  const CollectorOptions options{.plan = {.capacities = {1, 10, 50}}, .seed = random.next()};
  Collecting process{world, kMidnight + 22h, options, faults, random.next()};
  ASSERT_TRUE(process.collector.recover());

  while (process.loop.now() < kMidnight + 26h) {
    process.first.set_denied(random.chance(0.2));
    process.second.set_denied(random.chance(0.2));
    const auto summary = process.run_cycle();
    ASSERT_TRUE(summary) << summary.error().message;
    std::map<std::string, int> ended;
    for (const auto& outcome : summary->record.outcomes) {
      ended[outcome.asked] += outcome.source == "sps" ? 1 : 0;
    }
    std::erase_if(ended, [](const auto& one) { return one.second == 0; });
    EXPECT_EQ(ended.size(), summary->queries_due - summary->queries_held_back);
    EXPECT_TRUE(
        std::all_of(ended.begin(), ended.end(), [](const auto& one) { return one.second == 1; }));

    ASSERT_EQ(rebuilt(world, summary->record.cycle), believed(process.collector));
    process.loop.run_for(next_slot(process.loop.now(), 10min) - process.loop.now());
  }
  audit_archive(world);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CredentialFaults, testing::ValuesIn(support::seeds()));

}  // namespace
}  // namespace spotvane::market
