#include "sim/score_quota.hpp"

#include <gtest/gtest.h>

namespace spotvane::sim {

namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

TEST(ScoreQuota, RefusesOneConfigurationBeyondTheLimit) {
  ScoreQuota quota{2};
  EXPECT_TRUE(quota.allow("a", "x", kStart));
  EXPECT_TRUE(quota.allow("a", "y", kStart));
  EXPECT_FALSE(quota.allow("a", "z", kStart));
  EXPECT_EQ(quota.live("a", kStart), 2u);
}

TEST(ScoreQuota, NeverRefusesARepeatWithinADay) {
  ScoreQuota quota{1};
  EXPECT_TRUE(quota.allow("a", "x", kStart));
  EXPECT_FALSE(quota.allow("a", "y", kStart + 1h));
  EXPECT_TRUE(quota.allow("a", "x", kStart + 23h));
}

TEST(ScoreQuota, ForgetsAConfigurationADayAfterItsLastUse) {
  ScoreQuota quota{1};
  EXPECT_TRUE(quota.allow("a", "x", kStart));
  EXPECT_TRUE(quota.allow("a", "x", kStart + 20h));  // renewed
  EXPECT_FALSE(quota.allow("a", "y", kStart + 44h - 1ms));
  EXPECT_TRUE(quota.allow("a", "y", kStart + 44h));
}

TEST(ScoreQuota, CountsEachAccountForItself) {
  ScoreQuota quota{1};
  EXPECT_TRUE(quota.allow("a", "x", kStart));
  EXPECT_TRUE(quota.allow("b", "y", kStart));
  EXPECT_FALSE(quota.allow("b", "x", kStart));
}

}  // namespace

}  // namespace spotvane::sim
