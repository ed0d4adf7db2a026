#include "lab/catalog_data.hpp"
#include "sim/spot_market.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spotvane::lab {

namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

/// The market on the real catalog, and some pools of every kind.
struct RealMarket {
  CatalogData data = load_catalog_data().value();
  sim::SpotMarket market{data.catalog, 42};
  std::vector<model::ScoreQuery> queries = {};  // one type, one region each

  RealMarket() {
    const auto& types = data.catalog->types;
    for (std::size_t i = 0; i < types.size(); i += 5) {
      for (const auto* region : {"us-east-1", "eu-central-1", "ap-south-1"}) {
        queries.push_back({});
        queries.back().types = {types[i].type};
        queries.back().regions = {model::Region{region}};
      }
    }
  }
};

const RealMarket& real() {
  static const RealMarket made;
  return made;
}

TEST(RealMarket, ScoresSingleTypesAsSpotLakeSawThem) {
  std::map<int, double> share;
  double count = 0;
  for (const auto& query : real().queries) {
    for (const auto& score : real().market.placement_scores(query, kStart)) {
      share[score.score] += 1;
      count += 1;
    }
  }
  EXPECT_NEAR(share[3] / count, 0.86, 0.04);
  EXPECT_NEAR(share[2] / count, 0.045, 0.025);
  EXPECT_NEAR(share[1] / count, 0.096, 0.04);
}

TEST(RealMarket, ChangesFewScoresADayAndThoseAFewTimes) {
  int pools = 0;
  int changed_pools = 0;
  int changes = 0;
  for (const auto& query : real().queries) {
    std::map<model::ZoneId, std::pair<int, int>> seen;  // last score, changes
    for (auto at = kStart; at < kStart + 24h; at += 10min) {
      for (const auto& score : real().market.placement_scores(query, at)) {
        auto [place, is_new] = seen.try_emplace(score.zone, score.score, 0);
        place->second.second += place->second.first != score.score ? 1 : 0;
        place->second.first = score.score;
      }
    }
    for (const auto& [zone, state] : seen) {
      ++pools;
      changed_pools += state.second > 0 ? 1 : 0;
      changes += state.second;
    }
  }
  EXPECT_NEAR(static_cast<double>(changed_pools) / pools, 0.09, 0.04);
  EXPECT_LT(static_cast<double>(changes) / changed_pools, 5.0);
}

TEST(RealMarket, MovesPricesAsTheLogsOf2021Show) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> series;
  std::vector<model::InstanceType> types;
  for (std::size_t i = 0; i < real().data.catalog->types.size(); i += 25) {
    types.push_back(real().data.catalog->types[i].type);
  }
  for (const auto* region : {"us-east-1", "eu-central-1"}) {
    for (const auto& price :
         real().market.price_changes(model::Region{region}, kStart - 90 * 24h, kStart, types)) {
      series[{price.type.text(), price.zone_id.text()}].push_back(price.price_per_hour.dollars());
    }
  }
  std::vector<double> ranges;
  for (const auto& [pool, prices] : series) {
    const auto [least, most] = std::minmax_element(prices.begin(), prices.end());
    ranges.push_back(*most / *least);
    EXPECT_GT(prices.size(), 80u);
    EXPECT_LT(prices.size(), 370u);
  }
  std::sort(ranges.begin(), ranges.end());
  EXPECT_NEAR(ranges[ranges.size() / 2], 1.11, 0.06);
  EXPECT_LT(ranges.back(), 3.0);
}

}  // namespace

}  // namespace spotvane::lab
