#include "market/query_plan.hpp"

#include <benchmark/benchmark.h>

#include "support/advisor_pools.hpp"

namespace spotvane::market {
namespace {

/// Every pool of the Spot Advisor of 2025-06-28.
std::vector<OfferedPool> advisor_pools() {
  std::vector<OfferedPool> pools;
  for (const auto& pool : support::advisor_pools()) {
    pools.push_back(
        {{model::InstanceType{pool.instance_type}, model::Region{pool.region}}, pool.zones});
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
  for ([[maybe_unused]] auto _ : state) {
    configurations = plan_day(input)->queries.size();
    benchmark::DoNotOptimize(configurations);
  }
  state.counters["configurations"] = static_cast<double>(configurations);
}
BENCHMARK(plan_a_day)->ArgName("limit")->Arg(0)->Arg(5'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spotvane::market
