// Holds the market on the real catalog to what is kept of the real one (data/calibration): the
// distances that tools/calibrate prints, with some room, on a part of the pools.

#include "lab/catalog_data.hpp"
#include "lab/lab_harness.hpp"
#include "sim/spot_market.hpp"
#include "support/moments.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <unordered_set>

namespace spotvane::lab {

namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<double>;

constexpr std::uint64_t kSeed = 42;
const std::string kKept = SPOTVANE_SOURCE_DIR "/data/calibration/";

/// A column of the quantiles of the real market, at equal steps from the least to the most.
Numbers kept_quantiles(const std::string& name) {
  std::ifstream file{kKept + "quantiles.csv"};
  std::string line;
  std::getline(file, line);
  const auto before = line.substr(0, line.find("," + name));
  const auto column = std::count(before.begin(), before.end(), ',') + 1;
  Numbers quantiles;
  while (std::getline(file, line)) {
    std::istringstream cells{line};
    std::string cell;
    for (auto i = column; i >= 0; --i) {
      std::getline(cells, cell, ',');
    }
    quantiles.push_back(std::stod(cell));
  }
  return quantiles;
}

double kept_figure(const std::string& name) {
  std::ifstream file{kKept + "figures.csv"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ",")) {
      return std::stod(line.substr(name.size() + 1));
    }
  }
  ADD_FAILURE() << "no figure " << name;
  return 0.0;
}

/// Kolmogorov and Smirnov's distance, exact to the quantiles' step.
double distance(const Numbers& quantiles, Numbers sample) {
  std::sort(sample.begin(), sample.end());
  const auto count = static_cast<double>(sample.size());
  const auto steps = static_cast<double>(quantiles.size() - 1);
  double largest = 0.0;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const auto [first, last] = std::equal_range(sample.begin(), sample.end(), quantiles[i]);
    const double level = static_cast<double>(i) / steps;
    if (i == 0 || quantiles[i - 1] < quantiles[i]) {
      largest =
          std::max(largest, std::abs(static_cast<double>(first - sample.begin()) / count - level));
    }
    if (i + 1 == quantiles.size() || quantiles[i] < quantiles[i + 1]) {
      largest =
          std::max(largest, std::abs(static_cast<double>(last - sample.begin()) / count - level));
    }
  }
  return largest;
}

double mean(const Numbers& numbers) {
  double sum = 0.0;
  for (const double number : numbers) {
    sum += number;
  }
  return sum / static_cast<double>(numbers.size());
}

double deviation(const Numbers& numbers, double lost_freedom = 0.0) {
  const double middle = mean(numbers);
  double squares = 0.0;
  for (const double number : numbers) {
    squares += (number - middle) * (number - middle);
  }
  return std::sqrt(squares / (static_cast<double>(numbers.size()) - lost_freedom));
}

double coefficient_of_variation(const Numbers& numbers) {
  return deviation(numbers, 1.0) / mean(numbers);
}

/// The real catalog with every `step`th type in some regions: its pools behave as in the whole.
std::shared_ptr<model::Catalog> part_of_catalog(std::size_t step,
                                                const std::set<std::string>& regions) {
  auto part = std::make_shared<model::Catalog>(*real_catalog().catalog);
  std::unordered_set<model::InstanceType> types;
  for (std::size_t i = 0; i < part->types.size(); i += step) {
    types.insert(part->types[i].type);
  }
  std::erase_if(part->types, [&](const auto& facts) { return !types.contains(facts.type); });
  std::erase_if(part->regions,
                [&](const auto& region) { return !regions.contains(region.region.text()); });
  std::erase_if(part->advisor, [&](const auto& entry) {
    return !types.contains(entry.type) || !regions.contains(entry.region.text()) ||
           entry.os != "Linux";
  });
  return part;
}

std::vector<model::PlacementScore> scores(const sim::SpotMarket& market,
                                          const model::AdvisorEntry& pool, TimePoint at) {
  model::ScoreQuery query;
  query.types = {pool.type};
  query.regions = {pool.region};
  query.target_capacity = 1;
  return market.placement_scores(query, at);
}

/// us-east-1's prices of 90 days, of the types that were there in 2021.
struct PriceHistory {
  std::map<std::pair<std::string, std::string>, std::vector<model::SpotPrice>> by_pool;

  PriceHistory() {
    std::vector<model::InstanceType> types;
    std::ifstream file{kKept + "types_2021.txt"};
    for (std::string name; file >> name;) {
      types.emplace_back(name);
    }
    const sim::SpotMarket market{real_catalog().catalog, kSeed};
    auto prices = market.price_changes(model::Region{"us-east-1"}, kMarketStart - 24h * 90,
                                       kMarketStart, types);
    std::reverse(prices.begin(), prices.end());  // oldest first
    for (auto& price : prices) {
      auto& pool = by_pool[{price.type.text(), price.zone_id.text()}];
      if (price.at >= kMarketStart - 24h * 90) {
        pool.push_back(std::move(price));
      }
    }
  }
};

const PriceHistory& history() {
  static const PriceHistory made;
  return made;
}

double hours(Duration duration) {
  return std::chrono::duration<double, std::ratio<3600>>(duration).count();
}

TEST(RealMarket, PricesMoveFromDayToDayAsInTheLogOf2021) {
  Numbers changes;
  for (const auto& [pool, prices] : history().by_pool) {
    double before = 0.0;
    auto next = prices.begin();
    for (auto midnight = kMarketStart - 24h * 90; midnight <= kMarketStart; midnight += 24h) {
      double now = before;
      for (; next != prices.end() && next->at <= midnight; ++next) {
        now = next->price_per_hour.dollars();
      }
      if (before > 0.0) {
        changes.push_back(now / before - 1.0);
      }
      before = now;
    }
  }
  EXPECT_LT(distance(kept_quantiles("us_2021.daily_change"), changes), 0.05);
}

TEST(RealMarket, PricesChangeAndAreToldAsOftenAsInTheLogOf2021) {
  Numbers between_changes;
  Numbers between_rows;
  for (const auto& [pool, prices] : history().by_pool) {
    auto changed = prices.front().at;
    for (std::size_t i = 1; i < prices.size(); ++i) {
      between_rows.push_back(hours(prices[i].at - prices[i - 1].at));
      if (prices[i].price_per_hour != prices[i - 1].price_per_hour) {
        between_changes.push_back(hours(prices[i].at - changed));
        changed = prices[i].at;
      }
    }
  }
  EXPECT_LT(distance(kept_quantiles("us_2021.hours_between_changes"), between_changes), 0.06);
  EXPECT_LT(distance(kept_quantiles("us_2021.hours_between_rows"), between_rows), 0.1);
}

TEST(RealMarket, PricesRangeOverNinetyDaysAsInTheLogOf2021) {
  Numbers ranges;
  for (const auto& [pool, prices] : history().by_pool) {
    const auto [least, most] =
        std::minmax_element(prices.begin(), prices.end(), [](const auto& left, const auto& right) {
          return left.price_per_hour < right.price_per_hour;
        });
    ranges.push_back(most->price_per_hour.dollars() / least->price_per_hour.dollars());
  }
  EXPECT_LT(distance(kept_quantiles("us_2021.range_in_90_days"), ranges), 0.12);
}

TEST(RealMarket, ZonesDifferInPriceAsInTheLogOf2021) {
  std::map<std::string, Numbers> by_type;
  for (const auto& [pool, prices] : history().by_pool) {
    by_type[pool.first].push_back(prices.back().price_per_hour.dollars());
  }
  Numbers premiums;
  for (const auto& [type, prices] : by_type) {
    const double least = *std::min_element(prices.begin(), prices.end());
    for (const double price : prices) {
      if (prices.size() > 1) {
        premiums.push_back(std::log(price / least));
      }
    }
  }
  EXPECT_LT(distance(kept_quantiles("us_2021.zone_premium"), premiums), 0.1);
}

TEST(RealMarket, TheAdvisorNamesTheCheapestZonesSavingsAndNothingCostsMoreThanOnDemand) {
  const auto part = part_of_catalog(5, {"us-east-1", "eu-central-1"});
  const sim::SpotMarket market{part, kSeed};
  std::map<model::RegionalPool, double> on_demand;
  for (const auto& price : part->on_demand_prices) {
    on_demand[{price.type, price.region}] = price.price_per_hour.dollars();
  }
  for (const auto& entry : market.advisor(kMarketStart)) {
    const auto places = scores(market, entry, kMarketStart);
    const auto whole = on_demand.find({entry.type, entry.region});
    if (whole == on_demand.end() || places.empty()) {
      continue;
    }
    double least = whole->second;
    for (const auto& place : places) {
      const auto price = market.price({entry.type, entry.region, place.zone},
                                      market.advisor_published(kMarketStart));
      EXPECT_LE(price->dollars(), whole->second) << entry.type.text();
      least = std::min(least, price->dollars());
    }
    EXPECT_NEAR(entry.savings_percent, 100.0 * (1.0 - least / whole->second), 0.51)
        << entry.type.text();
  }
}

TEST(RealMarket, ScoresVaryInADayAsSpotLakeSaw) {
  const sim::SpotMarket market{part_of_catalog(2, {"us-east-1", "us-west-2", "ap-northeast-2"}),
                               kSeed};
  Numbers means;
  Numbers deviations;
  for (const auto& entry : market.catalog().advisor) {
    std::map<model::ZoneId, Numbers> by_zone;
    for (auto at = kMarketStart; at < kMarketStart + 24h; at += 20min) {
      for (const auto& place : scores(market, entry, at)) {
        by_zone[place.zone].push_back(place.score);
      }
    }
    for (const auto& [zone, seen] : by_zone) {
      // What the kept figures were taken over: cheap pools at 3, about 2, or below 1.5.
      const double level = mean(seen);
      const auto price = market.price({entry.type, entry.region, zone}, kMarketStart);
      if (price->dollars() < 1.0 &&
          (level == 3.0 || level <= 1.5 || (level >= 1.75 && level <= 2.25))) {
        means.push_back(level);
        deviations.push_back(deviation(seen));
      }
    }
  }
  EXPECT_NEAR(mean(means) / kept_figure("spotlake_2023.day_mean"), 1.0, 0.1);
  EXPECT_NEAR(deviation(means) / kept_figure("spotlake_2023.day_sd_of_means"), 1.0, 0.15);
  EXPECT_NEAR(mean(deviations) / kept_figure("spotlake_2023.day_mean_deviation"), 1.0, 0.2);
}

TEST(RealMarket, ScoresAndBandsVaryInAMonthAsSpotLakeSaw) {
  const sim::SpotMarket market{
      part_of_catalog(3, {"us-east-1", "eu-west-1", "sa-east-1", "ap-northeast-1"}), kSeed};
  std::vector<Numbers> interruptions(market.catalog().advisor.size());
  for (auto at = kMarketStart; at < kMarketStart + 24h * 31; at += 24h) {
    const auto entries = market.advisor(at);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      interruptions[i].push_back(3.0 - 0.5 * entries[i].band);
    }
  }
  Numbers covs;
  Numbers interruption_covs;
  Numbers products;
  for (std::size_t i = 0; i < interruptions.size(); ++i) {
    Numbers seen;
    for (auto at = kMarketStart; at < kMarketStart + 24h * 31; at += 5h) {
      for (const auto& place : scores(market, market.catalog().advisor[i], at)) {
        seen.push_back(place.score);
      }
    }
    if (!seen.empty()) {
      covs.push_back(coefficient_of_variation(seen));
      interruption_covs.push_back(coefficient_of_variation(interruptions[i]));
      products.push_back(covs.back() * interruption_covs.back());
    }
  }
  EXPECT_LT(distance(kept_quantiles("spotlake_2024.sps_cov"), covs), 0.08);
  EXPECT_LT(distance(kept_quantiles("spotlake_2024.if_cov"), interruption_covs), 0.1);
  EXPECT_LT(distance(kept_quantiles("spotlake_2024.score"), products), 0.1);
}

TEST(RealMarket, ScoresAtOneMomentAreSpreadAsSpotLakeSaw) {
  const sim::SpotMarket market{part_of_catalog(3, {"us-east-1", "eu-central-1", "ap-south-1"}),
                               kSeed};
  std::map<int, double> share;
  double count = 0;
  for (const auto& entry : market.catalog().advisor) {
    for (const auto& place : scores(market, entry, kMarketStart)) {
      share[place.score] += 1;
      count += 1;
    }
  }
  EXPECT_NEAR(share[3] / count, kept_figure("spotlake_2022.score_3"), 0.05);
  EXPECT_NEAR(share[2] / count, kept_figure("spotlake_2022.score_2"), 0.025);
  EXPECT_NEAR(share[1] / count, kept_figure("spotlake_2022.score_1"), 0.04);
}

TEST(RealMarket, PoolsThatAreOftenInterruptedScoreLower) {
  const sim::SpotMarket market{
      part_of_catalog(2, {"us-east-1", "us-west-2", "eu-west-1", "ap-south-1"}), kSeed};
  std::map<int, Numbers> scores_of_band;
  for (const auto& entry : market.advisor(kMarketStart)) {
    for (const auto& place : scores(market, entry, kMarketStart)) {
      scores_of_band[entry.band / 2].push_back(place.score);
    }
  }
  EXPECT_GT(mean(scores_of_band[0]), mean(scores_of_band[1]) + 0.03);
  EXPECT_GT(mean(scores_of_band[1]), mean(scores_of_band[2]) + 0.03);
}

}  // namespace

}  // namespace spotvane::lab
