#include "plot/scale.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace spotvane::plot {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Le;
using testing::Not;

std::vector<std::string> labels(double low, double high, std::size_t count) {
  std::vector<std::string> labels;
  for (const auto& tick : number_ticks(low, high, count)) {
    labels.push_back(tick.label);
  }
  return labels;
}

std::vector<std::string> labels(TimePoint from, TimePoint to, std::size_t most) {
  std::vector<std::string> labels;
  for (const auto& tick : time_ticks(from, to, most)) {
    labels.push_back(tick.context.empty() ? tick.label : tick.label + " " + tick.context);
  }
  return labels;
}

TEST(NumberTicks, AreRoundAndHaveThePlacesTheyNeed) {
  EXPECT_THAT(labels(0, 10, 5), ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(labels(0, 0.096, 5), ElementsAre("0.00", "0.02", "0.04", "0.06", "0.08", "0.10"));
  EXPECT_THAT(labels(31.2, 33.9, 3), ElementsAre("31", "32", "33", "34"));
}

TEST(NumberTicks, LieAroundWhateverRangeThereIs) {
  for (int power = -6; power < 5; ++power) {
    for (const double mantissa : {1.0, 1.3, 2.5, 4.0, 7.7, 9.99}) {
      const double high = mantissa * std::pow(10.0, power);
      const double low = high / 3;
      const auto ticks = number_ticks(low, high, 5);

      EXPECT_LE(ticks.front().value, low * (1 + 1e-9));
      EXPECT_GE(ticks.back().value, high * (1 - 1e-9));
      EXPECT_THAT(ticks.size(), Le(8U));
    }
  }
}

TEST(TimeTicks, AreWholeHoursOrDaysOrMonths) {
  EXPECT_THAT(labels(kMidnight + 1min, kMidnight + 30h, 6),
              ElementsAre("06:00 2026-08-01", "12:00", "18:00", "00:00 2026-08-02", "06:00"));
  EXPECT_THAT(labels(kMidnight, kMidnight + 72h, 5),
              ElementsAre("08-01 2026", "08-02", "08-03", "08-04"));
  EXPECT_THAT(labels(kMidnight, kMidnight + 24h * 100, 5),
              ElementsAre("2026-08", "2026-09", "2026-10", "2026-11"));
}

TEST(TimeTicks, AreWithinTheTimeAndNoMoreThanAskedFor) {
  for (Duration span = 3min; span < 24h * 365 * 30; span = span * 7 / 4) {
    const auto from = kMidnight + 17s;
    const auto ticks = time_ticks(from, from + span, 9);

    EXPECT_THAT(ticks, Not(IsEmpty()));
    EXPECT_THAT(ticks.size(), Le(9U)) << to_text(span);
    for (const auto& tick : ticks) {
      EXPECT_TRUE(tick.at >= from && tick.at <= from + span);
    }
  }
}

}  // namespace
}  // namespace spotvane::plot
