#include "market/archive_check.hpp"

#include "market/collector_harness.hpp"

#include <gmock/gmock.h>

namespace spotvane::market {
namespace {

const auto kNoProgress = [](std::size_t /*done*/, std::size_t /*total*/) {};

Result<ArchiveCheck> check(World& world) {
  return check_archive(world.state, world.lake, kNoProgress);
}

Result<std::vector<LostFile>> give_up(World& world, TimePoint now) {
  return check(world).and_then([&](const ArchiveCheck& found) {
    return give_up_damaged(world.state, world.lake, found, now);
  });
}

/// Cycles of a morning: the first file holds the whole market, the others a change or two.
TimePoint collect_a_morning(World& world) {
  Process process{world, kMidnight};
  EXPECT_TRUE(process.collector.recover());
  process.run_until(kMidnight + 6h);
  return process.loop.now();
}

TEST(ArchiveCheckSim, FindsNothingWrongWithAWholeArchive) {
  World world{1};
  collect_a_morning(world);

  const auto found = check(world);

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->is_sound());
  EXPECT_EQ(found->files.size(), world.lake.file_count());
  EXPECT_TRUE(give_up(world, kMidnight)->empty());
}

TEST(ArchiveCheckSim, NamesFilesThatTheStateDoesNotKnow) {
  World world{1};
  collect_a_morning(world);
  sim::MemoryStateStore empty;

  const auto found = check_archive(empty, world.lake, kNoProgress);

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->strangers);
  EXPECT_FALSE(found->is_sound());
}

TEST(ArchiveCheckSim, LetsCollectionGoOnWhicheverFileIsGivenUp) {
  for (std::size_t which = 0;; ++which) {
    SCOPED_TRACE(fmt::format("file {} is lost", which));
    World world{1};
    const auto now = collect_a_morning(world);
    const auto files = *world.state.files();
    if (which == files.size()) {
      EXPECT_GT(which, 3U);
      return;
    }
    const auto& victim = files[which];
    which % 2 == 0 ? world.lake.damage(victim.path) : world.lake.lose(victim.path);
    Process stopped{world, now};
    ASSERT_FALSE(stopped.collector.recover());
    ASSERT_FALSE(check(world)->is_sound());

    const auto lost = give_up(world, now);

    ASSERT_TRUE(lost) << lost.error().message;
    ASSERT_EQ(lost->size(), 1U);
    EXPECT_EQ(lost->front().file, victim);
    EXPECT_EQ(world.lake.aside_count(), which % 2 == 0 ? 1U : 0U);
    EXPECT_TRUE(check(world)->is_sound());
    EXPECT_EQ(check(world)->lost, *lost);
    Process process{world, now};
    ASSERT_TRUE(process.collector.recover());
    const auto summary = process.run_cycle();
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(rebuilt(world, now), truth(world, now));
    for (const auto& [at, record] : world.state.records()) {
      if (at < victim.from) {
        EXPECT_EQ(rebuilt(world, at), truth(world, at)) << to_iso8601(at);
      }
    }
  }
}

TEST(ArchiveCheckSim, CanBeDoneAgainWhereverGivingUpCrashes) {
  bool has_crashed = true;
  std::uint64_t place = 0;
  for (; has_crashed; ++place) {
    SCOPED_TRACE(fmt::format("crash at place {}", place));
    World world{1};
    const auto now = collect_a_morning(world);
    const auto files = *world.state.files();
    world.lake.damage(files.front().path);
    world.lake.damage(files.back().path);
    world.crash.arm(place);
    has_crashed = false;
    try {
      ASSERT_TRUE(give_up(world, now));
    } catch (const sim::Crash&) {
      has_crashed = true;
    }
    world.crash.disarm();

    const auto again = give_up(world, now);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(world.state.lost_files()->size(), 2U);
    EXPECT_EQ(world.lake.aside_count(), 2U);
    Process process{world, now};
    ASSERT_TRUE(process.collector.recover());
    ASSERT_TRUE(process.run_cycle());
    EXPECT_EQ(rebuilt(world, now), truth(world, now));
  }
  EXPECT_GT(place, 8);
}

}  // namespace
}  // namespace spotvane::market
