#include "market/capacity_sweep.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "support/seeds.hpp"

namespace spotvane::market {
namespace {

const std::vector<int> kSweep{1, 5, 10, 20, 30, 40, 50};

CapacityReach reach(std::int16_t t2, std::int16_t t3) {
  return {.t2 = t2, .t3 = t3};
}

TEST(CapacitySweep, IsRaisedToACapacityThatScoresWell) {
  EXPECT_EQ(after_score(reach(5, 5), 3, 20, kSweep), reach(20, 20));
  EXPECT_EQ(after_score(reach(5, 5), 10, 20, kSweep), reach(20, 20));
}

TEST(CapacitySweep, StaysWhereASmallerCapacityScoresWell) {
  EXPECT_EQ(after_score(reach(50, 40), 3, 20, kSweep), reach(50, 40));
}

TEST(CapacitySweep, DropsToTheNextSmallerCapacityWhereTheScoreIsLower) {
  EXPECT_EQ(after_score(reach(50, 50), 1, 20, kSweep), reach(10, 10));
}

TEST(CapacitySweep, StaysWhereALargerCapacityScoresBadly) {
  EXPECT_EQ(after_score(reach(10, 5), 1, 50, kSweep), reach(10, 5));
}

TEST(CapacitySweep, TellsAScoreOfTwoFromOneOfThree) {
  EXPECT_EQ(after_score(reach(5, 5), 2, 20, kSweep), reach(20, 5));
  EXPECT_EQ(after_score(reach(50, 50), 2, 20, kSweep), reach(50, 10));
}

TEST(CapacitySweep, IsNoneWhereNotEvenASingleNodeScoresWell) {
  EXPECT_EQ(after_score(reach(50, 50), 2, 1, kSweep), reach(50, 0));
  EXPECT_EQ(after_score(reach(50, 50), 1, 1, kSweep), reach(0, 0));
}

TEST(CapacitySweep, IsNoneBelowTheSmallestCapacityOfASweepThatAsksForNoSingleNode) {
  const std::vector<int> sweep{5, 10};

  EXPECT_EQ(after_score(reach(10, 10), 1, 5, sweep), reach(0, 0));
}

TEST(CapacitySweep, SaysNothingLargerThanWhatWasSeenToScoreWell) {
  EXPECT_EQ(after_score({}, 3, 10, kSweep), reach(10, 10));
  EXPECT_EQ(after_score({}, 2, 10, kSweep), reach(10, 0));
  EXPECT_EQ(after_score({}, 1, 10, kSweep), reach(0, 0));
}

TEST(CapacitySweep, ForgetsWhatIsNoCapacityOfTheSweepAnyMore) {
  EXPECT_EQ(after_score(reach(100, 7), 3, 5, kSweep), reach(5, 5));
  EXPECT_EQ(after_score(reach(100, 7), 1, 50, kSweep), reach(0, 0));
}

TEST(CapacitySweep, TakesTurnsUpwardsAndBeginsAnewAfterTheLargest) {
  EXPECT_EQ(next_capacity(kSweep, 1), 5);
  EXPECT_EQ(next_capacity(kSweep, 50), 1);
  EXPECT_EQ(next_capacity(kSweep, 7), 10) << "of a sweep there was before";
  EXPECT_EQ(next_capacity({kSweep.data(), 1}, 1), 1);
}

/// One seed is one sweep, one market and what was known before it: SPOTVANE_SEED=<seed>.
class CapacitySweepSeeds : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::vector<int> draw_sweep() {
    std::vector<int> sweep;
    for (std::uint64_t i = 0, size = 1 + random_.below(8); i < size; ++i) {
      sweep.push_back(1 + static_cast<int>(random_.below(60)));
    }
    std::sort(sweep.begin(), sweep.end());
    sweep.erase(std::unique(sweep.begin(), sweep.end()), sweep.end());
    return sweep;
  }

  std::int16_t draw_known(const std::vector<int>& sweep) {
    const auto place = random_.below(sweep.size() + 1);
    return static_cast<std::int16_t>(place == 0 ? 0 : sweep[place - 1]);
  }

  Random random_{GetParam()};
};

TEST_P(CapacitySweepSeeds, KnowsTheLargestGoodCapacityAfterOneSweepWhereverItBegan) {
  const auto sweep = draw_sweep();
  // A market at rest: scores fall as the capacity grows.
  const int good = static_cast<int>(random_.below(70));
  const int fair = good + static_cast<int>(random_.below(20));
  const auto score = [&](int capacity) { return capacity <= good ? 3 : capacity <= fair ? 2 : 1; };
  const auto largest = [&](int most) {
    const auto above = std::upper_bound(sweep.begin(), sweep.end(), most);
    return static_cast<std::int16_t>(above == sweep.begin() ? 0 : *std::prev(above));
  };
  auto known = random_.chance(0.2) ? CapacityReach{} : reach(draw_known(sweep), draw_known(sweep));
  int capacity = sweep[random_.below(sweep.size())];

  for (std::size_t turn = 0; turn < sweep.size(); ++turn) {
    known = after_score(known, score(capacity), capacity, sweep);
    capacity = next_capacity(sweep, capacity);
  }

  EXPECT_EQ(known, reach(largest(fair), largest(good)));
}

TEST_P(CapacitySweepSeeds, NamesACapacityOfTheSweepAndNeverMoreForThreeThanForTwo) {
  const auto sweep = draw_sweep();
  CapacityReach known;
  int capacity = sweep.front();
  for (int turn = 0; turn < 50; ++turn) {
    known = after_score(known, 1 + static_cast<int>(random_.below(4)), capacity, sweep);
    for (const auto& value : {known.t2, known.t3}) {
      ASSERT_TRUE(value);
      EXPECT_TRUE(*value == 0 || std::binary_search(sweep.begin(), sweep.end(), int{*value}));
    }
    EXPECT_LE(*known.t3, *known.t2);
    capacity = next_capacity(sweep, capacity);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CapacitySweepSeeds, testing::ValuesIn(support::seeds()));

}  // namespace
}  // namespace spotvane::market
