#include "market/collector.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "market/daily_score.hpp"
#include "sim/cloud.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "support/seeds.hpp"

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kMidnight = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
const model::CredentialName kCredential{"default"};

/// Four regions, one of them not enabled, of two to four zones; `types` types.
std::shared_ptr<const model::Catalog> small_catalog(int types) {
  auto catalog = std::make_shared<model::Catalog>();
  const std::vector<std::pair<std::string, int>> regions{
      {"us-east-1", 4}, {"us-west-1", 2}, {"eu-west-1", 3}, {"me-south-1", 3}};
  for (const auto& [name, zones] : regions) {
    const model::Region region{name};
    catalog->regions.push_back({region, name != "me-south-1"});
    for (int zone = 0; zone < zones; ++zone) {
      catalog->zones.push_back({region, model::ZoneId{fmt::format("{}-az{}", name, zone + 1)},
                                model::ZoneName{fmt::format("{}{}", name, "abcd"[zone])}});
    }
  }
  for (int i = 0; i < types; ++i) {
    const model::InstanceType type{fmt::format("m{}.xlarge", i)};
    catalog->types.push_back(
        {.type = type, .vcpus = 4, .memory_mib = 16'384, .architectures = {"x86_64"}});
    for (const auto& zone : catalog->zones) {
      if ((i + static_cast<int>(zone.id.text().back())) % 5 != 0) {
        catalog->offerings.push_back({type, zone.id});
      }
    }
    for (const auto& [name, zones] : regions) {
      catalog->advisor.push_back({type, model::Region{name}, "Linux", i % 5, 60});
      catalog->on_demand_prices.push_back({type, model::Region{name}, Money::from_dollars(0.2)});
    }
  }
  return catalog;
}

/// What outlives the process.
struct World {
  explicit World(std::uint64_t seed, int types = 6, std::size_t limit = 50)
      : market{small_catalog(types), seed}, quota{limit} {}

  sim::SpotMarket market;
  sim::ScoreQuota quota;
  sim::CrashPoint crash;
  sim::MemoryStateStore state{&crash};
  sim::MemoryLake lake{&crash};
};

/// What dies with it.
struct Process {
  Process(World& the_world, TimePoint start, CollectorOptions options = {},
          sim::FaultPlan faults = {}, std::uint64_t seed = 0)
      : world{the_world},
        loop{start},
        cloud{{loop, loop, world.market, world.quota, &world.crash}, "1", Random{seed}, faults},
        collector{std::move(options),
                  {loop, loop, {{kCredential, cloud}}, cloud, cloud, world.state, world.lake}} {}

  Result<CycleSummary> run_cycle() {
    std::optional<Result<CycleSummary>> result;
    collector.run_cycle({}, [&](Result<CycleSummary> summary) { result = std::move(summary); });
    while (!result) {
      loop.run_for(1s);
    }
    return *result;
  }

  /// Cycles at every ten minutes until `end`.
  void run_until(TimePoint end) {
    while (loop.now() < end) {
      const auto summary = run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
      loop.run_for(next_slot(loop.now(), 10min) - loop.now());
    }
  }

  World& world;
  sim::EventLoop loop;
  sim::Cloud cloud;
  Collector collector;
};

using Rows = std::map<model::Pool, model::MarketState>;

Rows rebuilt(World& world, TimePoint moment) {
  const auto rows = market_at(world.state, world.lake, moment);
  EXPECT_TRUE(rows) << rows.error().message;
  Rows found;
  for (const auto& row : *rows) {
    found.emplace(row.pool, row.state);
  }
  return found;
}

/// What a faultless cycle at `moment` should know: asked of the market, pool by pool.
Rows truth(World& world, TimePoint moment) {
  Rows rows;
  const auto& catalog = world.market.catalog();
  std::map<model::RegionalPool, model::AdvisorEntry> advice;
  for (const auto& entry : world.market.advisor(moment)) {
    advice.emplace(model::RegionalPool{entry.type, entry.region}, entry);
  }
  for (const auto& zone : catalog.zones) {
    for (const auto& fact : catalog.types) {
      const model::Pool pool{fact.type, zone.region, zone.id};
      const auto price = world.market.price(pool, moment);
      if (!price || zone.region.text() == "me-south-1") {
        continue;
      }
      auto& state = rows[pool];
      state.spot_price = price;
      state.on_demand_price = Money::from_dollars(0.2);
      const auto& entry = advice.at({pool.type, pool.region});
      state.band = static_cast<std::int16_t>(entry.band);
      state.savings = static_cast<std::int16_t>(entry.savings_percent);
    }
  }
  for (const auto& outcome : world.state.records().at(moment).outcomes) {
    if (outcome.source != "sps") {
      continue;
    }
    const auto query = model::parse_configuration_key(outcome.asked);
    for (const auto& score : world.market.placement_scores(*query, moment)) {
      rows.at({query->types.front(), score.region, score.zone}).sps =
          static_cast<std::int16_t>(score.score);
    }
  }
  return rows;
}

/// No finished cycle has lost a row or stored one twice.
void audit_archive(World& world) {
  std::uint64_t promised = 0;
  for (const auto& [at, record] : world.state.records()) {
    promised += record.changes;
  }
  const auto files = world.state.files();
  const auto rows = world.lake.changes(*files, TimePoint{}, TimePoint::max());
  ASSERT_TRUE(rows) << rows.error().message;
  std::set<std::pair<TimePoint, model::Pool>> seen;
  for (const auto& row : *rows) {
    EXPECT_TRUE(seen.emplace(row.at, row.pool).second);
    EXPECT_TRUE(world.state.records().contains(row.at));
  }
  EXPECT_EQ(rows->size(), promised);
}

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

TEST(CollectorSim, StopsCleanlyWhenCancelled) {
  World world{1};
  Process process{world, kMidnight, {}, {.latency_max = 5s}};
  std::optional<Result<CycleSummary>> result;
  process.collector.run_cycle(
      [&](const CycleProgress& progress) {
        if (progress.done == 5) {
          process.collector.cancel();
        }
      },
      [&](Result<CycleSummary> summary) { result = std::move(summary); });

  process.loop.run_for(10min);

  ASSERT_TRUE(result);
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().kind, ErrorKind::Cancelled);
  EXPECT_FALSE(process.collector.is_running());
  EXPECT_TRUE(world.state.records().empty());
  EXPECT_EQ(world.lake.file_count(), 0);
  EXPECT_TRUE(process.run_cycle());
}

TEST(CollectorSim, LosesOneCycleOnlyToAFullDisk) {
  World world{1};
  Process process{world, kMidnight};
  ASSERT_TRUE(process.run_cycle());
  process.loop.run_for(1h);

  world.lake.set_full(true);
  const auto refused = process.run_cycle();
  world.lake.set_full(false);
  process.loop.run_for(10min);
  ASSERT_TRUE(process.run_cycle());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Storage);
  const auto last = world.state.records().rbegin()->first;
  EXPECT_EQ(rebuilt(world, last), truth(world, last));
  audit_archive(world);
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

/// Dies at the `place`th of the places a cycle passes, restarts, and goes on.
void crash_and_go_on(std::uint64_t place, TimePoint begin, bool& has_crashed) {
  World world{3};
  TimePoint now = kMidnight - 30min;
  {
    Process process{world, now};
    ASSERT_TRUE(process.collector.recover());
    process.run_until(begin);
    now = process.loop.now();
    world.crash.arm(place);
    has_crashed = false;
    try {
      const auto summary = process.run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
      const auto done = compact_day(world.state, world.lake, day_of(kMidnight - 10min));
      ASSERT_TRUE(done) << done.error().message;
    } catch (const sim::Crash&) {
      has_crashed = true;
      now = process.loop.now();
    }
    world.crash.disarm();
  }
  Process process{world, now};
  const auto recovery = process.collector.recover();
  ASSERT_TRUE(recovery) << recovery.error().message;
  EXPECT_EQ(world.lake.file_count(), world.state.files()->size());
  process.run_until(begin + 20min);

  for (const auto& [at, record] : world.state.records()) {
    ASSERT_EQ(rebuilt(world, at), truth(world, at)) << to_iso8601(at);
  }
  audit_archive(world);
}

TEST(CollectorSim, LosesAndDoublesNothingWhereverACycleCrashes) {
  for (const auto begin : {kMidnight - 30min, kMidnight, kMidnight + 30min}) {
    bool has_crashed = true;
    std::uint64_t place = 0;
    for (; has_crashed; ++place) {
      SCOPED_TRACE(fmt::format("crash at place {} of the cycle at {}", place, to_iso8601(begin)));
      crash_and_go_on(place, begin, has_crashed);
      ASSERT_FALSE(testing::Test::HasFailure());
    }
    EXPECT_GT(place, 20);
  }
}

TEST(CollectorSim, RestartsHoweverOftenItCrashes) {
  for (const auto seed : support::seeds()) {
    SCOPED_TRACE(fmt::format("replay with SPOTVANE_SEED={}", seed));
    World world{seed};
    Random random{seed};
    TimePoint now = kMidnight;
    for (int life = 0; life < 12; ++life) {
      Process process{world, now};
      world.crash.arm(random.below(150));
      try {
        const auto recovery = process.collector.recover();
        ASSERT_TRUE(recovery) << recovery.error().message;
        process.run_until(now + 1h);
      } catch (const sim::Crash&) {
      }
      world.crash.disarm();
      now = process.loop.now() + 1s;
    }
    Process process{world, now};
    ASSERT_TRUE(process.collector.recover());
    ASSERT_TRUE(process.run_cycle());
    audit_archive(world);
    EXPECT_EQ(rebuilt(world, now), truth(world, now));
  }
}

/// One seed is one history of the world: rerun it with SPOTVANE_SEED=<seed>.
class CollectorFaults : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CollectorFaults, EveryQueryEndsInOneOutcomeAndTheArchiveIsWhatTheCollectorSaw) {
  SCOPED_TRACE(fmt::format("replay with SPOTVANE_SEED={}", GetParam()));
  Random random{GetParam()};
  World world{random.next(), 6, 1 + random.below(30)};
  const auto faults = sim::FaultPlan::swarm(random);
  Process process{world, kMidnight + 20h, {.seed = random.next()}, faults, random.next()};
  ASSERT_TRUE(process.collector.recover());

  while (process.loop.now() < kMidnight + 26h) {
    const auto summary = process.run_cycle();
    ASSERT_TRUE(summary) << summary.error().message;
    std::map<std::string, int> asked;
    for (const auto& outcome : summary->record.outcomes) {
      if (outcome.source == "sps") {
        ++asked[outcome.asked];
      }
    }
    EXPECT_EQ(asked.size(), summary->queries_planned - summary->queries_held_back);
    EXPECT_TRUE(
        std::all_of(asked.begin(), asked.end(), [](const auto& one) { return one.second == 1; }));

    Rows seen;
    const auto& picture = process.collector.picture();
    for (PoolNumber number = 0; number < picture.pools().size(); ++number) {
      if (picture.book().is_offered[number] != 0) {
        seen.emplace(picture.pools().pool(number), picture.book().states[number]);
      }
    }
    ASSERT_EQ(rebuilt(world, summary->record.cycle), seen);
    process.loop.run_for(next_slot(process.loop.now(), 10min) - process.loop.now());
  }
  audit_archive(world);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CollectorFaults, testing::ValuesIn(support::seeds()));

/// Thirty days on one account whose limit the planner does not know.
class QuotaLearning : public testing::TestWithParam<std::size_t> {};

TEST_P(QuotaLearning, MeetsOneRefusalAtMostWhileLearningAndNoneAfterwards) {
  World world{11, 150, GetParam()};
  Process process{world, kMidnight, {.plan = {.sample_count = 200}}};
  ASSERT_TRUE(process.collector.recover());
  for (int day = 0; day < 30; ++day) {
    const auto before = process.cloud.refusals();
    const auto begin = kMidnight + std::chrono::days{day};
    // Every cycle asks alike but for the first, so a few of a day's 144 tell as much.
    for (const auto at : {0min, 10min, 20min, 12 * 60min, 23 * 60min + 50min}) {
      process.loop.run_for(begin + at - process.loop.now());
      const auto summary = process.run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
    }
    ASSERT_TRUE(compact_day(world.state, world.lake, day_of(begin)));
    EXPECT_LE(process.cloud.refusals() - before, day == 0 ? 1 : 0) << "day " << day;
    const auto plan = *world.state.plan(day_of(begin));
    const auto fresh = std::count_if(plan->queries.begin(), plan->queries.end(),
                                     [](const auto& planned) { return planned.is_new; });
    EXPECT_TRUE(day == 1 || fresh > 0) << "nothing new on day " << day;
  }
  EXPECT_EQ(process.cloud.refusals(), 1);
  EXPECT_EQ(world.state.quota_limit(kCredential)->value().refused_beyond,
            static_cast<int>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Limits, QuotaLearning, testing::Values(10, 50));

}  // namespace
}  // namespace spotvane::market
