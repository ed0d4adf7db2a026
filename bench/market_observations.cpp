// Writes down what a client would see of the lab's market, as the files that tools/calibrate holds
// beside the real market's:
//
//     market_observations FOLDER [SEED]
//
// prices.csv          each price that us-east-1 tells of in 90 days
// scores_of_a_day.csv a day's placement scores, asked every ten minutes for one type and one
// instance scores_of_a_month.csv  per regional pool, how scores and interruption bands vary in 31
// days snapshot.csv        everything at one moment, and the scores for more instances

#include "lab/catalog_data.hpp"
#include "sim/spot_market.hpp"

#include <fmt/os.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>
#include <unordered_map>

namespace spotvane {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr TimePoint kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

/// Mean and deviation of numbers as they come.
struct Spread {
  double count = 0.0;
  double sum = 0.0;
  double squares = 0.0;

  void add(double value) {
    count += 1.0;
    sum += value;
    squares += value * value;
  }
  double mean() const { return sum / count; }
  double variance() const { return std::max(squares / count - mean() * mean(), 0.0); }
  double population_deviation() const { return std::sqrt(variance()); }
  double coefficient_of_variation() const {
    return std::sqrt(variance() * count / (count - 1.0)) / mean();
  }
};

using ScoreByZone = std::map<model::ZoneId, int>;

ScoreByZone scores(const sim::SpotMarket& market, const model::RegionalPool& pool, int capacity,
                   TimePoint at) {
  model::ScoreQuery query;
  query.types = {pool.type};
  query.regions = {pool.region};
  query.target_capacity = capacity;
  ScoreByZone found;
  for (const auto& score : market.placement_scores(query, at)) {
    found[score.zone] = score.score;
  }
  return found;
}

std::vector<model::RegionalPool> regional_pools(const model::Catalog& catalog) {
  std::vector<model::RegionalPool> pools;
  for (const auto& region : catalog.regions) {
    for (const auto& type : catalog.types) {
      pools.push_back({type.type, region.region});
    }
  }
  return pools;
}

void write_prices(const sim::SpotMarket& market, const std::string& folder) {
  auto file = fmt::output_file(folder + "/prices.csv");
  file.print("zone,type,price,time\n");
  for (const auto& price :
       market.price_changes(model::Region{"us-east-1"}, kStart - days{90}, kStart)) {
    file.print("{},{},{},{}\n", price.zone_name, price.type, to_text(price.price_per_hour),
               to_iso8601(price.at));
  }
}

void write_scores_of_a_day(const sim::SpotMarket& market, const std::string& folder) {
  auto file = fmt::output_file(folder + "/scores_of_a_day.csv");
  file.print("type,region,zone,mean,deviation\n");
  for (const auto& pool : regional_pools(market.catalog())) {
    if (pool.region != model::Region{"us-east-1"} && pool.region != model::Region{"us-west-2"} &&
        pool.region != model::Region{"ap-northeast-2"}) {
      continue;
    }
    std::map<model::ZoneId, Spread> by_zone;
    for (auto at = kStart; at < kStart + days{1}; at += minutes{10}) {
      for (const auto& [zone, score] : scores(market, pool, 1, at)) {
        by_zone[zone].add(score);
      }
    }
    for (const auto& [zone, spread] : by_zone) {
      file.print("{},{},{},{:.6f},{:.6f}\n", pool.type, pool.region, zone, spread.mean(),
                 spread.population_deviation());
    }
  }
}

void write_scores_of_a_month(const sim::SpotMarket& market, const std::string& folder) {
  std::unordered_map<model::RegionalPool, Spread> interruptions;
  for (auto at = kStart; at < kStart + days{31}; at += hours{6}) {
    for (const auto& entry : market.advisor(at)) {
      if (entry.os == "Linux") {
        interruptions[{entry.type, entry.region}].add(3.0 - 0.5 * entry.band);
      }
    }
  }
  auto file = fmt::output_file(folder + "/scores_of_a_month.csv");
  file.print("type,region,sps_cov,if_cov\n");
  for (const auto& [pool, interruption] : interruptions) {
    Spread spread;
    for (auto at = kStart; at < kStart + days{31}; at += hours{3}) {
      for (const auto& [zone, score] : scores(market, pool, 1, at)) {
        spread.add(score);
      }
    }
    if (spread.count > 0.0) {
      file.print("{},{},{:.6f},{:.6f}\n", pool.type, pool.region, spread.coefficient_of_variation(),
                 interruption.coefficient_of_variation());
    }
  }
}

void write_snapshot(const sim::SpotMarket& market, const std::string& folder) {
  std::unordered_map<model::RegionalPool, const model::OnDemandPrice*> on_demand;
  for (const auto& price : market.catalog().on_demand_prices) {
    on_demand[{price.type, price.region}] = &price;
  }
  auto file = fmt::output_file(folder + "/snapshot.csv");
  file.print("type,region,zone,score_1,score_10,score_50,band,savings,price,on_demand\n");
  for (const auto& entry : market.advisor(kStart)) {
    const model::RegionalPool pool{entry.type, entry.region};
    if (entry.os != "Linux" || !on_demand.contains(pool)) {
      continue;
    }
    auto of_ten = scores(market, pool, 10, kStart);
    auto of_fifty = scores(market, pool, 50, kStart);
    for (const auto& [zone, score] : scores(market, pool, 1, kStart)) {
      const auto price = market.price({pool.type, pool.region, zone}, kStart);
      file.print("{},{},{},{},{},{},{},{},{},{}\n", pool.type, pool.region, zone, score,
                 of_ten[zone], of_fifty[zone], entry.band, entry.savings_percent,
                 to_text(price.value_or(Money{})), to_text(on_demand[pool]->price_per_hour));
    }
  }
}

int run(const std::string& folder, std::string_view seed_text) {
  std::uint64_t seed = 0;
  const auto* end = seed_text.data() + seed_text.size();
  if (std::from_chars(seed_text.data(), end, seed).ptr != end) {
    fmt::print(stderr, "market_observations: '{}' is no seed\n", seed_text);
    return 2;
  }
  const auto data = lab::load_catalog_data();
  if (!data) {
    fmt::print(stderr, "market_observations: {}\n", data.error().message);
    return 1;
  }
  const sim::SpotMarket market{data->catalog, seed};
  write_prices(market, folder);
  write_scores_of_a_day(market, folder);
  write_scores_of_a_month(market, folder);
  write_snapshot(market, folder);
  return 0;
}

}  // namespace
}  // namespace spotvane

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: market_observations FOLDER [SEED]\n");
    return 2;
  }
  return spotvane::run(argv[1], argc == 3 ? argv[2] : "42");
}
