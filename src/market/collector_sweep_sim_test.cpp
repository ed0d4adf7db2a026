#include "market/collector_harness.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "market/capacity_sweep.hpp"
#include "market/sweep_turn.hpp"

namespace spotvane::market {
namespace {

const std::vector<int> kSweep{1, 5, 10, 20, 50};

CollectorOptions sweeping() {
  return {.plan = {.capacities = kSweep}};
}

/// The capacities that a cycle asked for.
std::set<int> asked_for(const CycleRecord& record) {
  std::set<int> capacities;
  for (const auto& outcome : record.outcomes) {
    if (outcome.source == "sps") {
      capacities.insert(model::parse_configuration_key(outcome.asked)->target_capacity);
    }
  }
  return capacities;
}

/// What a faultless collector of sweeps knows at `moment`, worked out anew from what its cycles
/// asked and the market at their times: the plain way, without anything of the collector's.
Rows truth_of_sweep(World& world, TimePoint moment) {
  std::map<model::Pool, model::MarketState> scores;
  for (const auto& [at, record] : world.state.records()) {
    if (at > moment) {
      break;
    }
    std::set<model::RegionalPool> planned;
    const auto plan = *world.state.plan(day_of(at));
    for (const auto& one : plan->queries) {
      for (const auto& region : one.query.regions) {
        planned.insert({one.query.types.front(), region});
      }
    }
    std::erase_if(scores, [&](const auto& one) {
      return !planned.contains({one.first.type, one.first.region});
    });
    for (const auto& outcome : record.outcomes) {
      if (outcome.source != "sps" || outcome.outcome != model::Outcome::Ok) {
        continue;
      }
      const auto query = model::parse_configuration_key(outcome.asked);
      for (const auto& score : world.market.placement_scores(*query, at)) {
        auto& state = scores[{query->types.front(), score.region, score.zone}];
        const auto reach = after_score({state.t2, state.t3}, score.score, query->target_capacity,
                                       swept_capacities(*plan));
        state.t2 = reach.t2;
        state.t3 = reach.t3;
        if (query->target_capacity == 10) {
          state.sps = static_cast<std::int16_t>(score.score);
        }
      }
    }
  }
  auto rows = truth(world, moment);
  for (auto& [pool, state] : rows) {
    const auto& known = scores[pool];
    state.sps = known.sps;
    state.t2 = known.t2;
    state.t3 = known.t3;
  }
  return rows;
}

TEST(CollectorSweep, KnowsTheReachOfEveryPoolItAsksAbout) {
  World world{1, 6, 200};
  Process process{world, kMidnight + 20h, sweeping()};
  ASSERT_TRUE(process.collector.recover());

  process.run_until(kMidnight + 30h);

  std::set<std::int16_t> seen;
  for (const auto& [at, record] : world.state.records()) {
    const auto rows = rebuilt(world, at);
    ASSERT_EQ(rows, truth_of_sweep(world, at)) << to_iso8601(at);
    for (const auto& [pool, state] : rows) {
      EXPECT_EQ(state.sps.has_value(), state.t3.has_value());
      if (state.t3) {
        seen.insert(*state.t3);
      }
    }
  }
  EXPECT_GT(seen.size(), 2U) << "pools of this market differ in their reach";
  audit_archive(world);
}

TEST(CollectorSweep, AsksOneCapacityACycleOnceItKnowsTheLimit) {
  World world{1, 6, 40};
  ASSERT_TRUE(world.state.save_quota_limit({.credential = kCredential,
                                            .largest_accepted = 40,
                                            .refused_beyond = 40,
                                            .refused_at = kMidnight - 48h}));
  Process process{world, kMidnight, sweeping()};
  process.run_until(kMidnight + 2h);

  std::vector<int> turns;
  for (const auto& [at, record] : world.state.records()) {
    const auto capacities = asked_for(record);
    ASSERT_EQ(capacities.size(), 1U);
    turns.push_back(*capacities.begin());
  }
  EXPECT_THAT(turns, testing::ElementsAre(10, 20, 50, 1, 5, 10, 20, 50, 1, 5, 10, 20));
  EXPECT_EQ(process.cloud.refusals(), 0U);
}

TEST(CollectorSweep, FillsAnUnknownLimitWithWholeSweeps) {
  World world{1, 6, 17};
  Process process{world, kMidnight, sweeping()};
  process.run_until(kMidnight + 1h);

  EXPECT_EQ(process.cloud.refusals(), 1U);
  std::map<std::pair<std::vector<model::InstanceType>, std::vector<model::Region>>, int> live;
  const auto quota = load_quota(world.state, kCredential, process.loop.now());
  for (const auto& key : quota->live_configurations()) {
    const auto query = model::parse_configuration_key(key);
    ++live[{query->types, query->regions}];
  }
  EXPECT_EQ(
      std::count_if(live.begin(), live.end(), [](const auto& one) { return one.second == 5; }), 3)
      << "of seventeen, three sweeps of five, and two capacities of another";
  EXPECT_EQ(live.size(), 4U);
}

TEST(CollectorSweep, GoesOnWithTheNextCapacityAfterARestart) {
  World world{1, 6, 200};
  TimePoint now = kMidnight;
  std::vector<int> turns;
  for (int life = 0; life < 7; ++life) {
    Process process{world, now, sweeping()};
    ASSERT_TRUE(process.collector.recover());
    const auto summary = process.run_cycle();
    ASSERT_TRUE(summary);
    turns.push_back(summary->capacity.value_or(0));
    now = process.loop.now() + 10min;
    ASSERT_EQ(rebuilt(world, summary->record.cycle), truth_of_sweep(world, summary->record.cycle));
  }
  EXPECT_THAT(turns, testing::ElementsAre(10, 20, 50, 1, 5, 10, 20));
}

TEST(CollectorSweep, HasNoReachWhereOneCapacityIsAsked) {
  World world{1};
  Process process{world, kMidnight, {.plan = {.capacities = {10}}}};
  const auto summary = process.run_cycle();

  EXPECT_FALSE(summary->capacity);
  EXPECT_EQ(summary->queries_due, summary->queries_planned);
  for (const auto& [pool, state] : rebuilt(world, kMidnight)) {
    EXPECT_FALSE(state.t2 || state.t3);
  }
}

TEST(CollectorSweep, LosesNothingOfTheReachWhereverACycleCrashes) {
  bool has_crashed = true;
  for (std::uint64_t place = 0; has_crashed; ++place) {
    SCOPED_TRACE(fmt::format("crash at place {}", place));
    World world{3, 6, 200};
    TimePoint now = kMidnight - 30min;
    has_crashed = false;
    {
      Process process{world, now, sweeping()};
      ASSERT_TRUE(process.collector.recover());
      process.run_until(kMidnight);
      world.crash.arm(place);
      try {
        ASSERT_TRUE(process.run_cycle());
      } catch (const sim::Crash&) {
        has_crashed = true;
      }
      now = process.loop.now();
      world.crash.disarm();
    }
    Process process{world, now, sweeping()};
    ASSERT_TRUE(process.collector.recover());
    process.run_until(kMidnight + 1h);
    for (const auto& [at, record] : world.state.records()) {
      ASSERT_EQ(rebuilt(world, at), truth_of_sweep(world, at)) << to_iso8601(at);
    }
    audit_archive(world);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace spotvane::market
