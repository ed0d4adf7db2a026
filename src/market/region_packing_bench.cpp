#include "market/region_packing.hpp"

#include <benchmark/benchmark.h>

#include "support/advisor_pools.hpp"

namespace spotvane::market {
namespace {

/// All 10,916 (type, region) pairs into 4,153 configurations, each type's optimum proven.
void pack_every_advisor_pair(benchmark::State& state) {
  const auto types = support::advisor_zone_counts();
  std::size_t configurations = 0;
  for ([[maybe_unused]] auto _ : state) {
    RegionPacker packer;  // with nothing remembered from the round before
    configurations = 0;
    for (const auto& weights : types) {
      configurations += packer.pack(weights).bins.size();
    }
    benchmark::DoNotOptimize(configurations);
  }
  state.counters["configurations"] = static_cast<double>(configurations);
}
BENCHMARK(pack_every_advisor_pair)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spotvane::market
