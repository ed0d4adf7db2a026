#include "market/collector_harness.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spotvane::market {
namespace {

TEST(CollectorSim, StoresWhatTheMarketSaid) {
  World world{1};
  Process process{world, kMidnight};
  ASSERT_TRUE(process.collector.recover());

  process.run_until(kMidnight + 12h);

  EXPECT_EQ(world.state.records().size(), 72);
  std::size_t scored = 0;
  for (const auto& [at, record] : world.state.records()) {
    const auto rows = rebuilt(world, at);
    ASSERT_EQ(rows, truth(world, at)) << to_iso8601(at);
    EXPECT_EQ(record.pools, rows.size());
    scored += static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [](const auto& row) { return row.second.sps.has_value(); }));
  }
  EXPECT_GT(scored, 72 * 20);
  audit_archive(world);
}

TEST(CollectorSim, WritesOnlyChanges) {
  World world{1};
  Process process{world, kMidnight};
  process.run_until(kMidnight + 6h);

  const auto& records = world.state.records();
  const auto first = records.begin()->second.changes;
  std::uint64_t later = 0;
  for (auto record = std::next(records.begin()); record != records.end(); ++record) {
    later += record->second.changes;
  }
  EXPECT_EQ(first, records.begin()->second.pools);
  EXPECT_LT(later, first * (records.size() - 1) / 2);
}

TEST(CollectorSim, GivesTheSameArchiveForTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    World world{seed};
    Process process{world, kMidnight, {.seed = seed}};
    process.run_until(kMidnight + 2h);
    return rebuilt(world, kMidnight + 2h);
  };
  EXPECT_EQ(run(5), run(5));
  EXPECT_NE(run(5), run(6));
}

TEST(CollectorSim, CountsTwoCyclesOfOneSecondBoth) {
  World world{1};
  Process process{world, kMidnight};
  ASSERT_TRUE(process.run_cycle());
  const auto before = world.state.records().size();
  Process other{world, kMidnight};
  ASSERT_TRUE(other.collector.recover());
  ASSERT_TRUE(other.run_cycle());

  EXPECT_EQ(world.state.records().size(), before + 1);
  audit_archive(world);
}

TEST(CollectorSim, ClearsTheScoresOfPoolsThatThePlanDrops) {
  World world{1};
  Process process{world, kMidnight, {.plan = {.sample_count = 3}}};
  process.run_until(kMidnight + 24h + 10min);

  const auto last = world.state.records().rbegin()->first;
  EXPECT_EQ(rebuilt(world, last), truth(world, last));
}

TEST(CollectorSim, ReadsTheRegionsAskedForAndSaysWhichItCannot) {
  World world{1};
  Process process{world,
                  kMidnight,
                  {.regions = {model::Region{"us-west-1"}, model::Region{"me-south-1"},
                               model::Region{"us-wset-1"}}}};
  const auto summary = process.run_cycle();

  ASSERT_TRUE(summary);
  std::map<std::string, model::Outcome> regions;
  for (const auto& outcome : summary->record.outcomes) {
    if (outcome.source == "regions" && !outcome.asked.empty()) {
      regions.emplace(outcome.asked, outcome.outcome);
    }
  }
  EXPECT_EQ(regions,
            (std::map<std::string, model::Outcome>{{"me-south-1", model::Outcome::RegionNotEnabled},
                                                   {"us-wset-1", model::Outcome::Error}}));
  for (const auto& [pool, state] : rebuilt(world, kMidnight)) {
    EXPECT_EQ(pool.region.text(), "us-west-1");
  }
}

TEST(CollectorSim, AsksRegionsInsteadOfZonesWhereToldSo) {
  World world{1};
  Process process{world, kMidnight, {.plan = {.single_zone = false}}};
  ASSERT_TRUE(process.run_cycle());

  std::size_t regional = 0;
  for (const auto& [pool, state] : rebuilt(world, kMidnight)) {
    EXPECT_EQ(state.sps.has_value(), pool.zone.empty());
    regional += pool.zone.empty() ? 1U : 0U;
  }
  EXPECT_GT(regional, 10);
}

TEST(CollectorSim, AsksGroupsOfInterchangeableTypesWhereToldSo) {
  World world{1};
  Process process{world, kMidnight, {.plan = {.types = TypeGrouping::Pool}}};
  const auto summary = process.run_cycle();

  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->queries_planned, 1);  // nine zones hold all six types alike
  std::size_t scored = 0;
  std::int16_t highest = 0;
  for (const auto& [pool, state] : rebuilt(world, kMidnight)) {
    scored += state.sps ? 1U : 0U;
    highest = std::max(highest, state.sps.value_or(std::int16_t{0}));
  }
  EXPECT_GT(scored, 20);
  EXPECT_GT(highest, 3);  // three types and more are not scored low
}

TEST(CollectorSim, AsksOncePerDayForWhatChangesSlowlyEvenAfterARestart) {
  World world{1};
  const auto asked = [&](const Result<CycleSummary>& summary, const std::string& source) {
    return std::count_if(summary->record.outcomes.begin(), summary->record.outcomes.end(),
                         [&](const auto& outcome) { return outcome.source == source; });
  };
  {
    Process process{world, kMidnight};
    const auto first = process.run_cycle();
    EXPECT_EQ(asked(first, "on_demand_price"), 3);
    EXPECT_EQ(asked(first, "zones"), 3);
  }
  Process process{world, kMidnight + 10min};
  ASSERT_TRUE(process.collector.recover());
  const auto second = process.run_cycle();
  EXPECT_EQ(asked(second, "on_demand_price"), 0);
  EXPECT_FALSE(second->made_plan);

  process.loop.run_for(24h);
  const auto next_day = process.run_cycle();
  EXPECT_EQ(asked(next_day, "on_demand_price"), 3);
  EXPECT_TRUE(next_day->made_plan);
  EXPECT_EQ(rebuilt(world, next_day->record.cycle), truth(world, next_day->record.cycle));
}

}  // namespace
}  // namespace spotvane::market
