#include "market/archive_paths.hpp"

#include <gmock/gmock.h>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using Kind = ArchivePath::Kind;

constexpr Month kAugust = std::chrono::year{2026} / std::chrono::August;
constexpr Day kFirst = kAugust / 1;

std::vector<LakeFile> live(const std::vector<std::string>& paths) {
  std::vector<LakeFile> files;
  for (const auto& path : paths) {
    files.emplace_back().path = path;
  }
  return files;
}

TEST(ArchivePaths, SayWhatTheyWereGivenFor) {
  const auto cycle = parse_archive_path(free_cycle_path({}, kFirst + 10min));
  const auto day = parse_archive_path(free_day_path({}, kFirst));
  const auto month = parse_archive_path(free_month_path({}, kAugust));

  ASSERT_TRUE(cycle && day && month);
  EXPECT_EQ(cycle->kind, Kind::Cycle);
  EXPECT_EQ(day->kind, Kind::Day);
  EXPECT_EQ(month->kind, Kind::Month);
  EXPECT_EQ(cycle->day, kFirst);
  EXPECT_EQ(day->day, kFirst);
  EXPECT_EQ(month->day, std::nullopt);
  EXPECT_EQ(cycle->month, kAugust);
  EXPECT_EQ(day->month, kAugust);
  EXPECT_EQ(month->month, kAugust);
}

TEST(ArchivePaths, AreNeverGivenTwice) {
  const auto taken = live({"day=2026-08/month.parquet", "day=2026-08/month-2.parquet"});

  EXPECT_EQ(free_month_path(taken, kAugust), "day=2026-08/month-3.parquet");
  EXPECT_EQ(parse_archive_path("day=2026-08/month-3.parquet")->kind, Kind::Month);
}

TEST(ArchivePaths, OfOthersAreToldApart) {
  EXPECT_EQ(parse_archive_path("day=2026-08-01/mine.parquet")->kind, Kind::Foreign);
  EXPECT_EQ(parse_archive_path("day=2026-08/day.parquet")->kind, Kind::Foreign);
  for (const auto* path : {"", "mine.parquet", "day=2026-13/month.parquet", "day=x/day.parquet",
                           "month=2026-08/month.parquet"}) {
    EXPECT_FALSE(parse_archive_path(path)) << path;
  }
}

TEST(ArchivePaths, AFileIsSupersededOnlyByOneItsRowsWereMergedInto) {
  const auto by_day = superseded_by(live({"day=2026-08-01/day-2.parquet"}));
  EXPECT_TRUE(by_day("day=2026-08-01/cycle-000000.parquet"));
  EXPECT_TRUE(by_day("day=2026-08-01/day.parquet"));
  EXPECT_FALSE(by_day("day=2026-08-02/cycle-000000.parquet"));
  EXPECT_FALSE(by_day("day=2026-08/month.parquet"));
  EXPECT_FALSE(by_day("day=2026-08-01/mine.parquet"));

  const auto by_month = superseded_by(live({"day=2026-08/month.parquet"}));
  EXPECT_TRUE(by_month("day=2026-08-01/cycle-000000.parquet"));
  EXPECT_TRUE(by_month("day=2026-08-31/day.parquet"));
  EXPECT_TRUE(by_month("day=2026-08/month-2.parquet"));
  EXPECT_FALSE(by_month("day=2026-07-31/day.parquet"));
  EXPECT_FALSE(by_month("day=2026-08-01/mine.parquet"));

  EXPECT_FALSE(superseded_by({})("day=2026-08-01/cycle-000000.parquet"));
}

}  // namespace
}  // namespace spotvane::market
