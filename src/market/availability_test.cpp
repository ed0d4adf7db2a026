#include "market/availability.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace spotvane::market {
namespace {

using testing::AllOf;
using testing::DoubleEq;
using testing::Eq;
using testing::Ge;
using testing::Le;
using testing::Optional;

model::MarketState state(std::optional<int> sps, std::optional<int> band,
                         std::optional<double> price = {}) {
  const auto small = [](std::optional<int> number) {
    return number ? std::optional{static_cast<std::int16_t>(*number)} : std::nullopt;
  };
  model::MarketState state{.sps = small(sps), .band = small(band)};
  if (price) {
    state.spot_price = Money::from_dollars(*price);
    state.on_demand_price = Money::from_dollars(1);
  }
  return state;
}

double total(const model::MarketState& state, const std::optional<OwnOutcomes>& own = {}) {
  return availability(state, own).total.value();
}

TEST(Availability, IsTheWeightedMeanOfItsTermsAndOfDoubt) {
  const auto found = availability(state(10, 2, 0.25));

  EXPECT_THAT(found.placement, Optional(1.0));
  EXPECT_THAT(found.steadiness, Optional(0.5));
  EXPECT_THAT(found.discount, Optional(0.75));
  EXPECT_THAT(found.total, Optional(DoubleEq((4 * 1.0 + 3 * 0.5 + 1 * 0.75 + 4 * 0.5) / 12)));
  EXPECT_THAT(found.weight, 8);
}

TEST(Availability, LeavesOutWhatIsNotKnown) {
  const auto found = availability(state({}, 1));

  EXPECT_THAT(found.placement, Eq(std::nullopt));
  EXPECT_THAT(found.discount, Eq(std::nullopt));
  EXPECT_THAT(found.total, Optional(DoubleEq((3 * 0.75 + 4 * 0.5) / 7)));
  EXPECT_THAT(found.weight, kSteadinessWeight);
}

TEST(Availability, TrustsAGoodScoreMoreThanNone) {
  EXPECT_GT(total(state(9, 0, 0.1)), total(state({}, 0, 0.1)));
  EXPECT_LT(total(state(2, 0, 0.1)), total(state({}, 0, 0.1)));
}

TEST(Availability, IsAbsentWhereNothingIsKnown) {
  const auto found = availability({});

  EXPECT_THAT(found.total, Eq(std::nullopt));
  EXPECT_THAT(found.weight, 0);
}

TEST(Availability, IsBetweenNothingAndOneWhateverTheState) {
  for (const int sps : {-5, 1, 4, 10, 90}) {
    for (const int band : {-1, 0, 2, 4, 9}) {
      for (const double price : {0.0, 0.2, 1.0, 7.0}) {
        EXPECT_THAT(total(state(sps, band, price)), AllOf(Ge(0.0), Le(1.0)));
      }
    }
  }
}

TEST(Availability, GrowsWithTheScoreAndFallsWithBandAndPrice) {
  for (int step = 1; step < 4; ++step) {
    const int next = step + 1;
    EXPECT_LT(total(state(step, 1, 0.3)), total(state(next, 1, 0.3)));
    EXPECT_GT(total(state(5, step, 0.3)), total(state(5, next, 0.3)));
    EXPECT_GT(total(state(5, 1, 0.1 * step)), total(state(5, 1, 0.1 * next)));
  }
}

TEST(Availability, TakesTheSavingsWhereAPriceIsMissing) {
  auto advised = state({}, {});
  advised.savings = std::int16_t{64};
  EXPECT_THAT(availability(advised).discount, Optional(DoubleEq(0.64)));

  advised.savings = std::int16_t{-20};
  EXPECT_THAT(availability(advised).discount, Optional(0.0));
}

TEST(Availability, HasNoTermOfOwnOutcomesWhereThereAreNone) {
  const auto without = availability(state(4, 1, 0.3));

  EXPECT_THAT(without.launches, Eq(std::nullopt));
  EXPECT_THAT(without.survival, Eq(std::nullopt));
  EXPECT_EQ(availability(state(4, 1, 0.3), OwnOutcomes{}), without);
}

TEST(Availability, HeedsOwnOutcomesTheMoreTheMoreThereAre) {
  const auto market = state(4, 1, 0.3);
  double before = total(market);
  for (const int launches : {1, 5, 50, 5'000}) {
    const auto failed = total(market, OwnOutcomes{.launches = launches});
    EXPECT_LT(failed, before);
    before = failed;
  }
  const auto good = availability(
      market, OwnOutcomes{.launches = 5, .fulfilled = 5, .instances = 5, .interrupted = 1});
  EXPECT_THAT(good.launches, Optional(1.0));
  EXPECT_THAT(good.survival, Optional(DoubleEq(0.8)));
  EXPECT_THAT(good.weight, DoubleEq(8 + 4.0 / 2 + 3.0 / 2));
  EXPECT_GT(*good.total, total(market));
}

}  // namespace
}  // namespace spotvane::market
