#include "market/query_plan.hpp"

#include <benchmark/benchmark.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace spotvane::market {
namespace {

/// Every pool of the Spot Advisor of 2025-06-28.
std::vector<OfferedPool> advisor_pools() {
  const std::map<std::string, int> unusual{
      {"us-east-1", 6}, {"us-west-2", 4}, {"ap-northeast-2", 4}, {"us-west-1", 2}};
  std::ifstream file{SPOTVANE_SOURCE_DIR "/tests/data/advisor_linux_pairs_2025-06-28.csv"};
  std::vector<OfferedPool> pools;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto comma = line.find(',');
    std::istringstream regions{line.substr(comma + 1)};
    for (std::string name; regions >> name;) {
      const auto zones = unusual.find(name);
      pools.push_back({{model::InstanceType{line.substr(0, comma)}, model::Region{name}},
                       zones == unusual.end() ? 3 : zones->second});
    }
  }
  return pools;
}

/// A day's plan over 10,916 pools: all of them, or the best that a limit allows.
void plan_a_day(benchmark::State& state) {
  PlanInput input{.day = {},
                  .offered = advisor_pools(),
                  .quotas = {Quota{{.credential = model::CredentialName{"default"},
                                    .refused_beyond = static_cast<int>(state.range(0))},
                                   {},
                                   TimePoint{} + std::chrono::days{2}}}};
  input.options.sample_count = 20'000;
  std::size_t configurations = 0;
  for (auto _ : state) {
    configurations = plan_day(input)->queries.size();
    benchmark::DoNotOptimize(configurations);
  }
  state.counters["configurations"] = static_cast<double>(configurations);
}
BENCHMARK(plan_a_day)->ArgName("limit")->Arg(0)->Arg(5'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spotvane::market
