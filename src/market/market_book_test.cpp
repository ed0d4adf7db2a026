#include "market/market_book.hpp"

#include <gmock/gmock.h>

namespace spotvane::market {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kNoon = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

model::Pool pool(const std::string& zone) {
  return {model::InstanceType{"m5.large"}, model::Region{"us-east-1"}, model::ZoneId{zone}};
}

struct Market {
  PoolBook pools;
  MarketBook before;
  MarketBook after;

  Market() {
    pools.number(pool("use1-az1"));
    pools.number(pool("use1-az2"));
    before.resize(2);
    before.is_offered = {1, 1};
    before.states[0].sps = 3;
    after = before;
  }
};

TEST(ChangeDetection, SaysNothingOfPoolsThatStayedAsTheyWere) {
  const Market market;

  EXPECT_THAT(detect_changes(market.pools, market.before, market.after, kNoon), IsEmpty());
}

TEST(ChangeDetection, WritesARowWhereAnyValueDiffers) {
  Market market;
  market.after.states[1].spot_price = Money::from_micros(1);

  EXPECT_THAT(
      detect_changes(market.pools, market.before, market.after, kNoon),
      ElementsAre(model::MarketChange{kNoon, pool("use1-az2"), false, market.after.states[1]}));
}

TEST(ChangeDetection, TellsAValueThatWentMissingFromZero) {
  Market market;
  market.before.states[0].sps = 0;
  market.after.states[0].sps.reset();

  EXPECT_EQ(detect_changes(market.pools, market.before, market.after, kNoon).size(), 1);
}

TEST(ChangeDetection, WritesARowWithoutValuesForAPoolThatCeased) {
  Market market;
  market.after.is_offered[0] = 0;

  EXPECT_THAT(detect_changes(market.pools, market.before, market.after, kNoon),
              ElementsAre(model::MarketChange{kNoon, pool("use1-az1"), true, {}}));
}

TEST(ChangeDetection, WritesARowForANewPoolEvenWithoutAnyValue) {
  Market market;
  market.pools.number(pool("use1-az3"));
  market.after.resize(3);
  market.after.is_offered[2] = 1;

  EXPECT_THAT(detect_changes(market.pools, market.before, market.after, kNoon),
              ElementsAre(model::MarketChange{kNoon, pool("use1-az3"), false, {}}));
}

TEST(PoolBook, KeepsAPoolsNumber) {
  PoolBook pools;
  const auto first = pools.number(pool("use1-az1"));
  pools.number(pool("use1-az2"));

  EXPECT_EQ(pools.number(pool("use1-az1")), first);
  EXPECT_EQ(pools.find(pool("use1-az9")), std::nullopt);
  EXPECT_THAT(pools.in_region({model::InstanceType{"m5.large"}, model::Region{"us-east-1"}}),
              ElementsAre(0, 1));
}

}  // namespace
}  // namespace spotvane::market
