#include "market/pool_view.hpp"

#include <gmock/gmock.h>

namespace spotvane::market {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Given {
  const char* type = "m5.large";
  const char* region = "us-east-1";
  const char* zone = "use1-az1";
  std::optional<std::int16_t> sps = {};
  std::optional<std::int16_t> band = {};
  std::optional<std::int16_t> savings = {};
  std::optional<double> price = {};
};

model::PoolState pool(const Given& given) {
  model::PoolState one{.pool = {model::InstanceType{given.type}, model::Region{given.region},
                                model::ZoneId{given.zone}},
                       .state = {.sps = given.sps, .band = given.band, .savings = given.savings}};
  if (given.price) {
    one.state.spot_price = Money::from_dollars(*given.price);
  }
  return one;
}

const std::vector<model::AdvisedType> kTypes{{model::InstanceType{"m5.large"}, 2, 8.0},
                                             {model::InstanceType{"m5.xlarge"}, 4, 16.0},
                                             {model::InstanceType{"c5.large"}, 2, 4.0}};

/// "type zone" of each row.
std::vector<std::string> view(const std::vector<model::PoolState>& pools,
                              const PoolQuestion& question) {
  const auto found = view_pools(pools, kTypes, question);
  EXPECT_TRUE(found) << found.error().message;
  std::vector<std::string> rows;
  for (const auto& row : found->rows) {
    rows.push_back(fmt::format("{} {}", row.pool->pool.type, row.pool->pool.zone));
  }
  return rows;
}

/// By each kind of bound one pool inside and one outside.
const std::vector<model::PoolState> kMarket{
    pool({.type = "m5.large", .sps = 9, .band = 0, .savings = 70, .price = 0.03}),
    pool({.type = "m5.xlarge", .sps = 3, .band = 3, .savings = 40, .price = 0.09}),
    pool({.type = "c5.large", .zone = "use1-az2"}),
    pool({.type = "x9.huge", .region = "eu-west-1", .zone = "euw1-az1", .band = 4})};

TEST(PoolView, FindsTypesByARegularExpressionAnywhereInTheirName) {
  EXPECT_THAT(view(kMarket, {.type = "large$"}),
              ElementsAre("m5.large use1-az1", "m5.xlarge use1-az1", "c5.large use1-az2"));
  EXPECT_THAT(view(kMarket, {.type = "^c"}), ElementsAre("c5.large use1-az2"));
}

TEST(PoolView, RefusesWhatIsNoRegularExpression) {
  const auto refused = view_pools(kMarket, kTypes, {.type = "m5.("});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::InvalidInput);
}

TEST(PoolView, KeepsWhatIsWithinEveryBound) {
  const auto large = ElementsAre("m5.large use1-az1");
  EXPECT_THAT(view(kMarket, {.min_vcpus = 4}), ElementsAre("m5.xlarge use1-az1"));
  EXPECT_THAT(view(kMarket, {.min_memory_gib = 8, .max_memory_gib = 15.9}), large);
  EXPECT_THAT(view(kMarket, {.max_vcpus = 2, .min_memory_gib = 5}), large);
  EXPECT_THAT(view(kMarket, {.max_price = Money::from_dollars(0.03)}), large);
  EXPECT_THAT(view(kMarket, {.min_savings = 41}), large);
  EXPECT_THAT(view(kMarket, {.max_band = 2}), large);
  EXPECT_THAT(view(kMarket, {.min_sps = 4}), large);
  EXPECT_THAT(view(kMarket, {.min_availability = 0.7}), large);
  EXPECT_THAT(view(kMarket, {.regions = {model::Region{"eu-west-1"}}}),
              ElementsAre("x9.huge euw1-az1"));
  EXPECT_THAT(view(kMarket, {.zones = {model::ZoneId{"use1-az2"}}}),
              ElementsAre("c5.large use1-az2"));
  EXPECT_THAT(view(kMarket, {.max_price = Money::from_dollars(0.01)}), IsEmpty());
}

TEST(PoolView, TakesWhatIsUnknownForOutOfBounds) {
  EXPECT_THAT(view(kMarket, {.min_vcpus = 0, .max_band = 4}),
              ElementsAre("m5.large use1-az1", "m5.xlarge use1-az1"));
}

TEST(PoolView, PutsTheBestFirstAndTheUnknownLast) {
  const auto by_price = ElementsAre("m5.large use1-az1", "m5.xlarge use1-az1", "x9.huge euw1-az1",
                                    "c5.large use1-az2");
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Price}), by_price);
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Savings}), by_price);
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::PlacementScore}), by_price);
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Band}), by_price);
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Availability}), by_price);
}

TEST(PoolView, TurnsTheOrderRoundButLeavesTheUnknownLast) {
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Price, .is_reversed = true}),
              ElementsAre("m5.xlarge use1-az1", "m5.large use1-az1", "x9.huge euw1-az1",
                          "c5.large use1-az2"));
}

TEST(PoolView, OrdersByNames) {
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Type}),
              ElementsAre("c5.large use1-az2", "m5.large use1-az1", "m5.xlarge use1-az1",
                          "x9.huge euw1-az1"));
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Region, .most = 1}),
              ElementsAre("x9.huge euw1-az1"));
  EXPECT_THAT(view(kMarket, {.order = PoolOrder::Region, .is_reversed = true, .most = 1}),
              ElementsAre("m5.large use1-az1"));
}

TEST(PoolView, ShowsTheFirstZoneOfEachRegionInTheOrderAskedForOrAllOfThem) {
  const std::vector<model::PoolState> zones{
      pool({.zone = "use1-az1", .sps = 2, .price = 0.03}),
      pool({.zone = "use1-az2", .sps = 9, .price = 0.05}),
      pool({.region = "eu-west-1", .zone = "euw1-az1", .sps = 5, .price = 0.04})};

  EXPECT_THAT(view(zones, {}), ElementsAre("m5.large use1-az2", "m5.large euw1-az1"));
  EXPECT_THAT(view(zones, {.order = PoolOrder::Price}),
              ElementsAre("m5.large use1-az1", "m5.large euw1-az1"));
  EXPECT_THAT(view(zones, {.min_sps = 1, .order = PoolOrder::Price, .each_zone = true}),
              ElementsAre("m5.large use1-az1", "m5.large euw1-az1", "m5.large use1-az2"));
}

TEST(PoolView, CountsWhatItLeavesOut) {
  const auto found = view_pools(kMarket, kTypes, {.most = 1});

  ASSERT_TRUE(found);
  EXPECT_EQ(found->rows.size(), 1);
  EXPECT_EQ(found->found, 4);
}

TEST(PoolView, TellsWhatTheTypesAre) {
  const auto found = view_pools(kMarket, kTypes, {.order = PoolOrder::Type});

  ASSERT_TRUE(found);
  EXPECT_EQ(found->rows[1].type->memory_gib, 8.0);
  EXPECT_EQ(found->rows[3].type, nullptr);
}

TEST(PoolView, HeedsTheAccountsOwnOutcomes) {
  const std::vector<model::PoolState> pools{pool({.type = "m5.large", .band = 1}),
                                            pool({.type = "c5.large", .band = 1})};
  const OwnOutcomesByPool own{{pools[0].pool, {.launches = 9, .fulfilled = 9}}};

  const auto found = view_pools(pools, kTypes, {}, own);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->rows[0].pool, &pools[0]);
  EXPECT_EQ(found->rows[0].availability.launches, 1.0);
  EXPECT_EQ(found->rows[1].availability.launches, std::nullopt);
}

}  // namespace
}  // namespace spotvane::market
