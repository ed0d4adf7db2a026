#include "market/market_archive.hpp"

#include <gmock/gmock.h>

#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "support/moments.hpp"

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Month kAugust = std::chrono::year{2026} / 8;

struct Archive {
  sim::CrashPoint crash;
  sim::MemoryStateStore state{&crash};
  sim::MemoryLake lake{&crash};

  StoredCycle store(TimePoint at, std::size_t rows = 1) {
    std::vector<model::MarketChange> changes;
    for (std::size_t i = 0; i < rows; ++i) {
      changes.push_back({at,
                         {model::InstanceType{"m5.large"}, model::Region{"us-east-1"},
                          model::ZoneId{fmt::format("az{}", i)}},
                         false,
                         {}});
    }
    return store_cycle(state, lake, {.cycle = at}, changes);
  }

  std::vector<std::string> paths() {
    const auto files = state.files();
    std::vector<std::string> found;
    for (const auto& file : *files) {
      found.push_back(file.path);
    }
    return found;
  }

  std::size_t row_count() {
    return lake.changes(*state.files(), TimePoint{}, TimePoint::max())->size();
  }
};

TEST(MarketArchive, NamesFilesByDayAndTimeAndNeverTwiceAlike) {
  Archive archive;
  archive.store(kMidnight + 10min);
  archive.store(kMidnight + 10min + 1ms);
  archive.store(kMidnight + 24h);

  EXPECT_THAT(archive.paths(), ElementsAre("day=2026-08-01/cycle-001000-2.parquet",
                                           "day=2026-08-01/cycle-001000.parquet",
                                           "day=2026-08-02/cycle-000000.parquet"));
}

TEST(MarketArchive, RecordsACycleWithoutChangesWithoutAFile) {
  Archive archive;
  const auto stored = archive.store(kMidnight, 0);

  EXPECT_TRUE(stored.is_stored);
  EXPECT_THAT(archive.paths(), IsEmpty());
  EXPECT_EQ(archive.state.records().size(), 1);
}

TEST(MarketArchive, StoresNothingOfACycleThatCannotBeStored) {
  Archive archive;
  archive.lake.set_full(true);
  EXPECT_FALSE(archive.store(kMidnight).is_stored);
  archive.lake.set_full(false);
  archive.state.set_full(true);
  EXPECT_FALSE(archive.store(kMidnight).is_stored);
  archive.state.set_full(false);

  EXPECT_TRUE(archive.state.records().empty());
  EXPECT_EQ(recover_archive(archive.state, archive.lake)->swept, 1);
  EXPECT_EQ(archive.lake.file_count(), 0);
}

TEST(MarketArchive, MergesADaysFilesIntoOne) {
  Archive archive;
  for (int i = 0; i < 5; ++i) {
    archive.store(kMidnight + i * 10min, 3);
  }
  archive.store(kMidnight + 24h);
  const auto day = day_of(kMidnight);
  EXPECT_THAT(*days_to_compact(archive.state, day + std::chrono::days{1}), ElementsAre(day));

  const auto done = compact_day(archive.state, archive.lake, day);

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->files_before, 5);
  EXPECT_EQ(done->rows, 15);
  EXPECT_THAT(archive.paths(),
              ElementsAre("day=2026-08-01/day.parquet", "day=2026-08-02/cycle-000000.parquet"));
  EXPECT_EQ(archive.lake.file_count(), 2);
  EXPECT_EQ(archive.row_count(), 16);
  EXPECT_EQ(compact_day(archive.state, archive.lake, day)->files_before, 1);
}

TEST(MarketArchive, MergesLateFilesIntoADayThatWasMergedBefore) {
  Archive archive;
  archive.store(kMidnight);
  archive.store(kMidnight + 10min);
  ASSERT_TRUE(compact_day(archive.state, archive.lake, day_of(kMidnight)));
  archive.store(kMidnight + 20min);

  ASSERT_TRUE(compact_day(archive.state, archive.lake, day_of(kMidnight)));

  EXPECT_THAT(archive.paths(), ElementsAre("day=2026-08-01/day-2.parquet"));
  EXPECT_EQ(archive.row_count(), 3);
}

TEST(MarketArchive, LosesAndDoublesNothingWhereverMergingCrashes) {
  bool has_crashed = true;
  std::uint64_t place = 0;
  for (; has_crashed; ++place) {
    SCOPED_TRACE(fmt::format("crash at place {}", place));
    Archive archive;
    for (int i = 0; i < 3; ++i) {
      archive.store(kMidnight + i * 10min, 2);
    }
    archive.crash.arm(place);
    has_crashed = false;
    try {
      ASSERT_TRUE(compact_day(archive.state, archive.lake, day_of(kMidnight)));
    } catch (const sim::Crash&) {
      has_crashed = true;
    }
    archive.crash.disarm();

    ASSERT_TRUE(recover_archive(archive.state, archive.lake));
    EXPECT_EQ(archive.lake.file_count(), archive.paths().size());
    EXPECT_EQ(archive.row_count(), 6);
  }
  EXPECT_GT(place, 6);
}

TEST(MarketArchive, MergesAFinishedMonthsDaysIntoOneFile) {
  Archive archive;
  for (int day = 0; day < 31; ++day) {
    archive.store(kMidnight + day * 24h, 2);
  }
  archive.store(kMidnight + 31 * 24h);
  const auto first_of_september = day_of(kMidnight + 31 * 24h);
  EXPECT_THAT(*months_to_compact(archive.state, first_of_september - std::chrono::days{1}),
              IsEmpty());
  EXPECT_THAT(*months_to_compact(archive.state, first_of_september), ElementsAre(kAugust));

  const auto done = compact_month(archive.state, archive.lake, kAugust);

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->files_before, 31);
  EXPECT_EQ(done->files_after, 1);
  EXPECT_EQ(done->rows, 62);
  EXPECT_THAT(archive.paths(),
              ElementsAre("day=2026-08/month.parquet", "day=2026-09-01/cycle-000000.parquet"));
  EXPECT_EQ(archive.lake.file_count(), 2);
  EXPECT_EQ(archive.row_count(), 63);
  EXPECT_THAT(*months_to_compact(archive.state, first_of_september), IsEmpty());
  EXPECT_EQ(compact_month(archive.state, archive.lake, kAugust)->files_before, 1);
}

TEST(MarketArchive, MergesWhatComesLateIntoAMonthThatWasMergedBefore) {
  Archive archive;
  archive.store(kMidnight);
  ASSERT_TRUE(compact_month(archive.state, archive.lake, kAugust));
  archive.store(kMidnight + 10min);
  archive.store(kMidnight + 20min);
  ASSERT_TRUE(compact_day(archive.state, archive.lake, day_of(kMidnight)));
  ASSERT_TRUE(recover_archive(archive.state, archive.lake));
  EXPECT_EQ(archive.row_count(), 3);

  ASSERT_TRUE(compact_month(archive.state, archive.lake, kAugust));

  EXPECT_THAT(archive.paths(), ElementsAre("day=2026-08/month-2.parquet"));
  EXPECT_EQ(archive.lake.file_count(), 1);
  EXPECT_EQ(archive.row_count(), 3);
}

TEST(MarketArchive, LosesAndDoublesNothingWhereverMergingAMonthCrashes) {
  bool has_crashed = true;
  std::uint64_t place = 0;
  for (; has_crashed; ++place) {
    SCOPED_TRACE(fmt::format("crash at place {}", place));
    Archive archive;
    archive.store(kMidnight, 2);
    ASSERT_TRUE(compact_month(archive.state, archive.lake, kAugust));
    for (int i = 1; i < 4; ++i) {
      archive.store(kMidnight + i * 12h, 2);
    }
    archive.crash.arm(place);
    has_crashed = false;
    try {
      ASSERT_TRUE(compact_day(archive.state, archive.lake, day_of(kMidnight + 24h)));
      ASSERT_TRUE(compact_month(archive.state, archive.lake, kAugust));
    } catch (const sim::Crash&) {
      has_crashed = true;
    }
    archive.crash.disarm();

    ASSERT_TRUE(recover_archive(archive.state, archive.lake));
    EXPECT_EQ(archive.lake.file_count(), archive.paths().size());
    EXPECT_EQ(archive.row_count(), 8);
    ASSERT_TRUE(compact_month(archive.state, archive.lake, kAugust));
    EXPECT_EQ(archive.row_count(), 8);
  }
  EXPECT_GT(place, 12);
}

TEST(MarketArchive, IsReadAgainWhereAnotherProcessHasMergedItMeanwhile) {
  Archive archive;
  archive.store(kMidnight);
  archive.store(kMidnight + 10min);
  std::vector<std::size_t> files_read;

  const auto rows = read_archive<std::vector<model::MarketChange>>(
      archive.state, [&](const std::vector<LakeFile>& files) {
        if (files_read.empty()) {
          EXPECT_TRUE(compact_day(archive.state, archive.lake, day_of(kMidnight)));
        }
        files_read.push_back(files.size());
        return archive.lake.changes(files, kMidnight, kMidnight + 24h);
      });

  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->size(), 2U);
  EXPECT_THAT(files_read, ElementsAre(2, 1));
}

TEST(MarketArchive, SaysWhichFileIsGone) {
  Archive archive;
  archive.store(kMidnight);
  sim::MemoryLake empty;

  const auto recovery = recover_archive(archive.state, empty);

  ASSERT_FALSE(recovery);
  EXPECT_EQ(recovery.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(recovery.error().message, testing::HasSubstr("cycle-000000.parquet"));
}

}  // namespace
}  // namespace spotvane::market
