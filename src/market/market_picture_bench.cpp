#include "market/market_picture.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace spotvane::market {
namespace {

constexpr int kTypes = 1'000;
constexpr int kRegions = 20;
constexpr int kZones = 3;

struct Sources {
  std::vector<model::Region> regions;
  std::vector<std::vector<model::SpotPrice>> prices;
  std::vector<model::AdvisorEntry> advice;

  Sources() {
    for (int r = 0; r < kRegions; ++r) {
      const auto& region = regions.emplace_back(fmt::format("us-region-{}", r));
      auto& of_region = prices.emplace_back();
      for (int t = 0; t < kTypes; ++t) {
        const model::InstanceType type{fmt::format("m{}gd.12xlarge", t)};
        advice.push_back({type, region, "Linux", t % 5, 60});
        for (int z = 0; z < kZones; ++z) {
          of_region.push_back({type, model::ZoneName{fmt::format("{}{}", region, "abc"[z])},
                               model::ZoneId{fmt::format("usr{}-az{}", r, z)}, "Linux/UNIX",
                               Money::from_micros(t), TimePoint{}});
        }
      }
    }
  }
};

/// All a cycle computes itself over 60,000 pools: every price and the whole advisor feed applied,
/// changes found. A first cycle writes every pool.
void apply_cycle_of_60000_pools(benchmark::State& state) {
  const Sources sources;
  MarketPicture picture;
  picture.set_regions({sources.regions.begin(), sources.regions.end()});
  std::size_t changes = 0;
  for ([[maybe_unused]] auto _ : state) {
    picture.begin_cycle();
    for (std::size_t r = 0; r < sources.regions.size(); ++r) {
      picture.apply_prices(sources.regions[r], sources.prices[r]);
    }
    picture.apply_advisor(sources.advice);
    changes = picture.changes(TimePoint{}).size();
    benchmark::DoNotOptimize(changes);
    if (state.range(0) != 0) {
      picture.accept();
    }
  }
  state.counters["pools"] = static_cast<double>(picture.pool_count());
}
BENCHMARK(apply_cycle_of_60000_pools)
    ->ArgName("known")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spotvane::market
