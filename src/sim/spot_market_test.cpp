#include "sim/spot_market.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace spotvane::sim {

namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const model::Region kEast{"us-east-1"};
const model::Region kWest{"us-west-2"};

/// Two regions of six zones each and forty types, every one offered everywhere.
std::shared_ptr<model::Catalog> catalog() {
  auto made = std::make_shared<model::Catalog>();
  made->regions = {{kEast}, {kWest}};
  for (const auto& [region, prefix] : {std::pair{kEast, "use1"}, std::pair{kWest, "usw2"}}) {
    for (int zone = 1; zone <= 6; ++zone) {
      made->zones.push_back(
          {region, model::ZoneId{fmt::format("{}-az{}", prefix, zone)},
           model::ZoneName{fmt::format("{}{}", region, static_cast<char>('a' + zone - 1))}});
    }
  }
  for (const auto* family : {"c5", "m5", "r5", "m6g", "c6i"}) {
    int vcpus = 2;
    for (const auto* size : {"large", "xlarge", "2xlarge", "4xlarge"}) {
      const model::InstanceType type{fmt::format("{}.{}", family, size)};
      made->types.push_back({.type = type, .vcpus = vcpus, .memory_mib = 4096 * vcpus});
      for (const auto& zone : made->zones) {
        made->offerings.push_back({type, zone.id});
      }
      for (const auto& region : {kEast, kWest}) {
        made->on_demand_prices.push_back({type, region, Money::from_dollars(0.05 * vcpus)});
        made->advisor.push_back({type, region, "Linux", vcpus % 5, 60});
      }
      vcpus *= 2;
    }
  }
  return made;
}

model::ScoreQuery query(std::vector<std::string> types, int capacity = 1) {
  model::ScoreQuery made;
  made.target_capacity = capacity;
  made.regions = {kEast, kWest};
  for (auto& type : types) {
    made.types.emplace_back(std::move(type));
  }
  return made;
}

using Row = std::tuple<TimePoint, model::InstanceType, model::ZoneId, Money>;

std::set<Row> rows(const std::vector<model::SpotPrice>& prices) {
  std::set<Row> found;
  for (const auto& price : prices) {
    found.emplace(price.at, price.type, price.zone_id, price.price_per_hour);
  }
  return found;
}

TEST(SpotMarket, ShowsTheSameWhateverWasLookedAtBefore) {
  const SpotMarket one{catalog(), 42};
  const SpotMarket other{catalog(), 42};
  for (int hour = 0; hour < 100; ++hour) {
    other.placement_scores(query({"m5.large"}), kMarketStart + std::chrono::hours{hour});
  }
  EXPECT_EQ(one.placement_scores(query({"c5.large"}), kMarketStart),
            other.placement_scores(query({"c5.large"}), kMarketStart));
  EXPECT_EQ(rows(one.price_changes(kEast, kMarketStart - 48h, kMarketStart)),
            rows(other.price_changes(kEast, kMarketStart - 48h, kMarketStart)));
}

TEST(SpotMarket, DoesNotDependOnTheOrderOfTheCatalog) {
  auto turned = catalog();
  std::reverse(turned->types.begin(), turned->types.end());
  std::reverse(turned->offerings.begin(), turned->offerings.end());
  std::reverse(turned->advisor.begin(), turned->advisor.end());
  EXPECT_EQ(rows(SpotMarket(catalog(), 42).price_changes(kWest, kMarketStart - 48h, kMarketStart)),
            rows(SpotMarket(turned, 42).price_changes(kWest, kMarketStart - 48h, kMarketStart)));
}

TEST(SpotMarket, ChangesWithTheSeed) {
  EXPECT_NE(rows(SpotMarket(catalog(), 1).price_changes(kEast, kMarketStart, kMarketStart)),
            rows(SpotMarket(catalog(), 2).price_changes(kEast, kMarketStart, kMarketStart)));
}

TEST(SpotMarket, AnswersWithTheTenBestPlaces) {
  const SpotMarket market{catalog(), 42};
  const auto scores =
      market.placement_scores(query({"c5.large", "m5.large", "r5.large"}), kMarketStart);
  EXPECT_THAT(scores, SizeIs(10));  // of twelve zones
  EXPECT_TRUE(std::is_sorted(scores.begin(), scores.end(), [](const auto& left, const auto& right) {
    return left.score > right.score;
  }));
}

TEST(SpotMarket, ScoresRegionsWhereZonesWereNotAskedFor) {
  auto regional = query({"c5.large", "m5.large", "r5.large"});
  regional.single_zone = false;
  const auto scores = SpotMarket(catalog(), 42).placement_scores(regional, kMarketStart);
  ASSERT_THAT(scores, SizeIs(2));
  EXPECT_TRUE(scores[0].zone.empty());
}

TEST(SpotMarket, ScoresFewerThanThreeTypesLow) {
  const SpotMarket market{catalog(), 42};
  int highest_of_two = 0;
  int highest_of_three = 0;
  for (int day = 0; day < 50; ++day) {
    const auto at = kMarketStart + std::chrono::days{day};
    for (const auto& score :
         market.placement_scores(query({"c5.large", "m5.large", "m5.large"}), at)) {
      EXPECT_GE(score.score, 1);
      highest_of_two = std::max(highest_of_two, score.score);
    }
    for (const auto& score :
         market.placement_scores(query({"c5.large", "m5.large", "r5.large"}), at)) {
      EXPECT_LE(score.score, 10);
      highest_of_three = std::max(highest_of_three, score.score);
    }
  }
  EXPECT_EQ(highest_of_two, 3);
  EXPECT_GT(highest_of_three, 3);
}

TEST(SpotMarket, ScoresNeverRiseWithTargetCapacity) {
  const SpotMarket market{catalog(), 42};
  for (const auto unit : {model::CapacityUnit::Units, model::CapacityUnit::Vcpu}) {
    int before = 10;
    for (const int capacity : {1, 5, 10, 50, 200, 5000, 2'000'000'000}) {
      auto asked = query({"c5.large", "m5.large", "r5.large"}, capacity);
      asked.unit = unit;
      asked.single_zone = false;
      const int score = market.placement_scores(asked, kMarketStart).front().score;
      EXPECT_LE(score, before);
      before = score;
    }
    EXPECT_EQ(before, 1);
  }
}

TEST(SpotMarket, LeavesOutZonesThatOfferNoneOfTheTypes) {
  auto sparse = catalog();
  std::erase_if(sparse->offerings, [](const model::Offering& offering) {
    return offering.type.text() == "m5.large" && offering.zone.text() != "use1-az3";
  });
  const auto scores = SpotMarket(sparse, 42).placement_scores(query({"m5.large"}), kMarketStart);
  ASSERT_THAT(scores, SizeIs(1));
  EXPECT_EQ(scores[0].zone, model::ZoneId{"use1-az3"});
}

TEST(SpotMarket, KnowsNothingOfTypesNotOfferedForSpot) {
  auto without = catalog();
  without->types.front().offered_as_spot = false;
  const auto type = without->types.front().type;
  const SpotMarket market{without, 42};
  EXPECT_THAT(market.placement_scores(query({type.text()}), kMarketStart), IsEmpty());
  EXPECT_FALSE(market.price({type, kEast, model::ZoneId{"use1-az1"}}, kMarketStart));
}

TEST(SpotMarket, GivesEachPoolsPriceInForceForOneMoment) {
  const SpotMarket market{catalog(), 42};
  const auto prices = market.price_changes(kEast, kMarketStart, kMarketStart);
  EXPECT_THAT(prices, SizeIs(20 * 6));
  for (const auto& price : prices) {
    EXPECT_LE(price.at, kMarketStart);
    EXPECT_EQ(price.product, "Linux/UNIX");
    EXPECT_EQ(market.price({price.type, kEast, price.zone_id}, kMarketStart), price.price_per_hour);
  }
}

TEST(SpotMarket, PriceChangesOfPartsAreTheChangesOfTheWhole) {
  const SpotMarket market{catalog(), 42};
  const auto whole = rows(market.price_changes(kEast, kMarketStart - 72h, kMarketStart));
  auto parts = rows(market.price_changes(kEast, kMarketStart - 72h, kMarketStart - 30h));
  parts.merge(rows(market.price_changes(kEast, kMarketStart - 30h, kMarketStart)));
  EXPECT_EQ(parts, whole);
}

TEST(SpotMarket, ListsPriceChangesNewestFirst) {
  const auto prices =
      SpotMarket(catalog(), 42).price_changes(kEast, kMarketStart - 72h, kMarketStart);
  EXPECT_TRUE(std::is_sorted(prices.begin(), prices.end(), [](const auto& left, const auto& right) {
    return left.at > right.at;
  }));
}

TEST(SpotMarket, ForgetsPricesOlderThanNinetyDays) {
  const SpotMarket market{catalog(), 42};
  EXPECT_EQ(rows(market.price_changes(kEast, kMarketStart - 400 * 24h, kMarketStart)),
            rows(market.price_changes(kEast, kMarketStart - 90 * 24h, kMarketStart)));
}

TEST(SpotMarket, FiltersPriceChangesByType) {
  const std::vector types{model::InstanceType{"m5.large"}, model::InstanceType{"x1.nowhere"}};
  const auto prices =
      SpotMarket(catalog(), 42).price_changes(kEast, kMarketStart, kMarketStart, types);
  EXPECT_THAT(prices, SizeIs(6));
  EXPECT_THAT(prices, Each(::testing::Field(&model::SpotPrice::type, types[0])));
}

TEST(SpotMarket, PricesStayNearOnDemandLessSavingsAndNeverAboveOnDemand) {
  auto dear = catalog();
  for (auto& entry : dear->advisor) {
    entry.savings_percent = entry.type.text().starts_with("c5.") ? -62 : 60;
  }
  for (const auto& price :
       SpotMarket(dear, 42).price_changes(kEast, kMarketStart - 90 * 24h, kMarketStart)) {
    const auto facts = std::find_if(dear->types.begin(), dear->types.end(),
                                    [&](const auto& type) { return type.type == price.type; });
    const double on_demand = 0.05 * facts->vcpus;
    EXPECT_LE(price.price_per_hour.dollars(), on_demand);
    EXPECT_GE(price.price_per_hour.dollars(), 0.4 * on_demand * 0.5);
    EXPECT_EQ(price.price_per_hour.micros() % 100, 0);
  }
}

TEST(SpotMarket, TellsOfPricesOneToFourTimesADay) {
  const SpotMarket market{catalog(), 42};
  const auto before = market.price_changes(kEast, kMarketStart, kMarketStart).size();
  const auto after =
      market.price_changes(kEast, kMarketStart, kMarketStart + 100 * 24h - 10 * 24h).size();
  const double a_day = static_cast<double>(after - before) / 90.0 / static_cast<double>(before);
  EXPECT_GT(a_day, 1.5);
  EXPECT_LT(a_day, 3.5);
}

TEST(SpotMarket, PublishesTheAdvisorAFewTimesADay) {
  const SpotMarket market{catalog(), 42};
  std::set<TimePoint> published;
  for (int minute = 0; minute < 10 * 24 * 60; minute += 10) {
    const auto at = kMarketStart + std::chrono::minutes{minute};
    EXPECT_LE(market.advisor_published(at), at);
    EXPECT_LT(at - market.advisor_published(at), 12h);
    published.insert(market.advisor_published(at));
  }
  EXPECT_NEAR(static_cast<double>(published.size()), 40.0, 2.0);
}

TEST(SpotMarket, ShiftsAFewAdvisorBandsAtEachPublication) {
  const auto known = catalog();
  const SpotMarket market{known, 42};
  auto before = market.advisor(kMarketStart);
  std::size_t shifts = 0;
  for (int day = 1; day <= 200; ++day) {
    auto now = market.advisor(kMarketStart + std::chrono::days{day});
    for (std::size_t i = 0; i < now.size(); ++i) {
      EXPECT_LE(std::abs(now[i].band - known->advisor[i].band), 3);
      shifts += now[i].band != before[i].band ? 1u : 0u;
    }
    before = std::move(now);
  }
  const double share =
      static_cast<double>(shifts) / 200.0 / 4.0 / static_cast<double>(before.size());
  EXPECT_GT(share, 0.002);
  EXPECT_LT(share, 0.02);
}

}  // namespace

}  // namespace spotvane::sim
