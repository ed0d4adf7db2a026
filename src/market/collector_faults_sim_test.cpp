#include "market/collector_harness.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "support/seeds.hpp"

namespace spotvane::market {
namespace {

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

/// Whether the cycle made so many writes that one was not answered.
bool lose_answer_and_go_on(std::uint64_t write) {
  World world{3};
  Process process{world, kMidnight - 10min};
  EXPECT_TRUE(process.collector.recover());
  process.run_until(kMidnight);

  world.state.lose_answer(write);
  const auto summary = process.run_cycle();
  const bool was_lost = world.state.has_lost_answer();
  world.state.lose_answer(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(summary.has_value(), !was_lost);
  process.loop.run_for(next_slot(process.loop.now(), 10min) - process.loop.now());
  process.run_until(kMidnight + 30min);

  for (const auto& [at, record] : world.state.records()) {
    EXPECT_EQ(rebuilt(world, at), truth(world, at)) << to_iso8601(at);
  }
  audit_archive(world);
  return was_lost;
}

TEST(CollectorSim, LosesAndDoublesNothingWhicheverAnswerOfTheStoreIsLost) {
  std::uint64_t write = 0;
  for (; lose_answer_and_go_on(write); ++write) {
    SCOPED_TRACE(fmt::format("the answer to write {}", write));
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  EXPECT_GT(write, 5);
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

    ASSERT_EQ(rebuilt(world, summary->record.cycle), believed(process.collector));
    process.loop.run_for(next_slot(process.loop.now(), 10min) - process.loop.now());
  }
  audit_archive(world);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CollectorFaults, testing::ValuesIn(support::seeds()));

}  // namespace
}  // namespace spotvane::market
