#include "sim/score_quota.hpp"

#include "support/moments.hpp"

#include <gtest/gtest.h>

namespace spotvane::sim {

namespace {

using namespace std::chrono_literals;

TEST(ScoreQuota, RefusesOneConfigurationBeyondTheLimit) {
  ScoreQuota quota{2};
  EXPECT_TRUE(quota.allow("a", "x", kMarketStart));
  EXPECT_TRUE(quota.allow("a", "y", kMarketStart));
  EXPECT_FALSE(quota.allow("a", "z", kMarketStart));
  EXPECT_EQ(quota.live("a", kMarketStart), 2u);
}

TEST(ScoreQuota, NeverRefusesARepeatWithinADay) {
  ScoreQuota quota{1};
  EXPECT_TRUE(quota.allow("a", "x", kMarketStart));
  EXPECT_FALSE(quota.allow("a", "y", kMarketStart + 1h));
  EXPECT_TRUE(quota.allow("a", "x", kMarketStart + 23h));
}

TEST(ScoreQuota, ForgetsAConfigurationADayAfterItsLastUse) {
  ScoreQuota quota{1};
  EXPECT_TRUE(quota.allow("a", "x", kMarketStart));
  EXPECT_TRUE(quota.allow("a", "x", kMarketStart + 20h));  // renewed
  EXPECT_FALSE(quota.allow("a", "y", kMarketStart + 44h - 1ms));
  EXPECT_TRUE(quota.allow("a", "y", kMarketStart + 44h));
}

TEST(ScoreQuota, CountsEachAccountForItself) {
  ScoreQuota quota{1};
  EXPECT_TRUE(quota.allow("a", "x", kMarketStart));
  EXPECT_TRUE(quota.allow("b", "y", kMarketStart));
  EXPECT_FALSE(quota.allow("b", "x", kMarketStart));
}

}  // namespace

}  // namespace spotvane::sim
