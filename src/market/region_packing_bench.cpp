#include "market/region_packing.hpp"

#include <benchmark/benchmark.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace spotvane::market {
namespace {

/// Zones of each type's regions: Linux, the 17 default regions, Spot Advisor of 2025-06-28.
std::vector<std::vector<int>> advisor_types() {
  const std::map<std::string, int> unusual{
      {"us-east-1", 6}, {"us-west-2", 4}, {"ap-northeast-2", 4}, {"us-west-1", 2}};
  std::ifstream file{SPOTVANE_SOURCE_DIR "/tests/data/advisor_linux_pairs_2025-06-28.csv"};
  std::vector<std::vector<int>> types;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream regions{line.substr(line.find(',') + 1)};
    auto& weights = types.emplace_back();
    for (std::string region; regions >> region;) {
      const auto found = unusual.find(region);
      weights.push_back(found == unusual.end() ? 3 : found->second);
    }
  }
  return types;
}

/// All 10,916 (type, region) pairs into 4,153 configurations, each type's optimum proven.
void pack_every_advisor_pair(benchmark::State& state) {
  const auto types = advisor_types();
  std::size_t configurations = 0;
  for (auto _ : state) {
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
