#include "market/daily_score.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::DoubleEq;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kMissing = -1;

/// A row of the pool after `cycles` cycles of ten minutes.
model::MarketChange row(int cycles, int sps, int band, const std::string& zone = "az1",
                        const std::string& type = "m5.large") {
  model::MarketChange change{
      .at = kMidnight + cycles * 10min,
      .pool = {model::InstanceType{type}, model::Region{"us-east-1"}, model::ZoneId{zone}},
      .has_ceased = false,
      .state = {}};
  if (sps != kMissing) {
    change.state.sps = static_cast<std::int16_t>(sps);
  }
  if (band != kMissing) {
    change.state.band = static_cast<std::int16_t>(band);
  }
  return change;
}

std::vector<TimePoint> whole_day() {
  std::vector<TimePoint> cycles;
  for (int i = 0; i < 144; ++i) {
    cycles.push_back(kMidnight + i * 10min);
  }
  return cycles;
}

model::DailyScore score(const std::vector<model::MarketChange>& carried,
                        const std::vector<model::MarketChange>& changes) {
  const auto cycles = whole_day();
  const auto scores = daily_scores(carried, changes, cycles);
  EXPECT_THAT(scores, SizeIs(1));
  return scores.front();
}

TEST(DailyScore, CountsTheFirstValueOfTheDayAsAChange) {
  const auto one = score({row(-6, 3, 2)}, {});

  EXPECT_EQ(one.sps_changes, 1);
  EXPECT_EQ(one.band_changes, 1);
  EXPECT_THAT(one.score, DoubleEq(1 / 3.0 + 1 / 5.0));
}

TEST(DailyScore, SkipsMissingScoresButCountsMissingBands) {
  const auto one = score({}, {row(0, 3, 3), row(1, kMissing, kMissing), row(2, 3, 3)});

  EXPECT_EQ(one.sps_changes, 1);
  EXPECT_EQ(one.band_changes, 3);
}

TEST(DailyScore, CountsNothingOfADayThatBeginsWithoutABandUntilThereIsOne) {
  EXPECT_EQ(score({}, {row(0, kMissing, kMissing)}).band_changes, 0);
  EXPECT_EQ(score({}, {row(0, kMissing, kMissing), row(5, kMissing, 1)}).band_changes, 1);
}

TEST(DailyScore, LooksAtTheFirstCycleAfterItsOwnChanges) {
  const auto one = score({row(-6, 3, 2)}, {row(0, kMissing, 2)});

  EXPECT_EQ(one.sps_changes, 0);
}

TEST(DailyScore, TakesTheBestZoneAtEachCycle) {
  const auto one = score({row(-6, 1, 2, "az1"), row(-6, 3, 2, "az2")},
                         {row(1, 2, 2, "az1"), row(2, 1, 2, "az2"), row(3, 3, 2, "az1")});

  EXPECT_EQ(one.sps_changes, 3);  // 3, still 3, 2, 3
  EXPECT_EQ(one.band_changes, 1);
}

TEST(DailyScore, PrefersTheRegionalQuerysScore) {
  const auto one =
      score({row(-6, 1, 2, "az1"), row(-6, 9, 2, "")}, {row(1, 2, 2, "az1"), row(2, 3, 2, "az1")});

  EXPECT_EQ(one.sps_changes, 1);
}

TEST(DailyScore, SeesACeasedPoolAsMissing) {
  auto ceased = row(3, kMissing, kMissing);
  ceased.has_ceased = true;
  const auto one = score({row(-6, 3, 2)}, {ceased, row(5, 3, 2)});

  EXPECT_EQ(one.sps_changes, 1);
  EXPECT_EQ(one.band_changes, 3);
}

TEST(DailyScore, DoesNotMindWhichZonesRowComesFirstInACycle) {
  const std::vector carried{row(-6, 1, 2, "az1"), row(-6, 3, 2, "az2")};

  EXPECT_EQ(score(carried, {row(1, 3, 2, "az1"), row(1, 1, 2, "az2")}).sps_changes, 1);
  EXPECT_EQ(score(carried, {row(1, 1, 2, "az2"), row(1, 3, 2, "az1")}).sps_changes, 1);
}

TEST(DailyScore, SortsByScoreThenRegionThenType) {
  const auto cycles = whole_day();
  const auto scores =
      daily_scores(std::vector{row(-6, 3, 2, "az1", "b.large"), row(-6, 3, 2, "az1", "a.large"),
                               row(-6, 3, 2, "az1", "c.large")},
                   std::vector{row(4, 2, 2, "az1", "c.large")}, cycles);

  ASSERT_THAT(scores, SizeIs(3));
  EXPECT_EQ(scores[0].pool.type.text(), "c.large");
  EXPECT_EQ(scores[1].pool.type.text(), "a.large");
  EXPECT_EQ(scores[2].pool.type.text(), "b.large");
}

TEST(DailyScore, DoesNotExistForADayWithoutCycles) {
  EXPECT_THAT(daily_scores(std::vector{row(-6, 3, 2)}, {}, {}), IsEmpty());
}

}  // namespace
}  // namespace spotvane::market
