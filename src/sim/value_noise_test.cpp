#include "sim/value_noise.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spotvane::sim {

namespace {

TEST(ValueNoise, IsTheSameOnEveryMachine) {
  EXPECT_EQ(derive(7, 1), 8581286081765471666u);
  EXPECT_EQ(derive(7, "use1-az1"), 15301959104315254617u);
  EXPECT_DOUBLE_EQ(gaussian(7), -0.56341337762074772);
  EXPECT_DOUBLE_EQ(value_noise(7, -2.75), 1.9668524952903019);
}

TEST(ValueNoise, IsAboutStandardNormalEverywhere) {
  for (const double position : {0.0, 0.25, 0.5, 0.9}) {
    double sum = 0.0;
    double squares = 0.0;
    constexpr int kKeys = 20000;
    for (std::uint64_t key = 0; key < kKeys; ++key) {
      const double value = value_noise(derive(key, 1), position);
      sum += value;
      squares += value * value;
    }
    EXPECT_NEAR(sum / kKeys, 0.0, 0.03) << position;
    EXPECT_NEAR(squares / kKeys, 1.0, 0.03) << position;
  }
}

TEST(ValueNoise, HasNoJumps) {
  for (double position = -3.0; position < 3.0; position += 0.001) {
    EXPECT_LT(std::abs(value_noise(9, position + 0.001) - value_noise(9, position)), 0.02);
  }
}

}  // namespace

}  // namespace spotvane::sim
