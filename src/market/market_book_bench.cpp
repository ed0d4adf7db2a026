#include "market/market_book.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace spotvane::market {
namespace {

constexpr std::size_t kPools = 60'000;

/// 60,000 pools of which one in fifty changes: what a cycle meets.
void detect_changes_of_60000_pools(benchmark::State& state) {
  PoolBook pools;
  MarketBook before;
  for (std::size_t i = 0; i < kPools; ++i) {
    pools.number({model::InstanceType{fmt::format("m{}.xlarge", i / 60)},
                  model::Region{"us-east-1"}, model::ZoneId{fmt::format("use1-az{}", i % 60)}});
  }
  before.resize(kPools);
  for (std::size_t i = 0; i < kPools; ++i) {
    before.is_offered[i] = 1;
    before.states[i].sps = 3;
    before.states[i].band = 1;
    before.states[i].spot_price = Money::from_micros(static_cast<long>(i));
  }
  auto after = before;
  for (std::size_t i = 0; i < kPools; i += 50) {
    after.states[i].sps = 2;
  }
  std::size_t changes = 0;
  for ([[maybe_unused]] auto _ : state) {
    changes = detect_changes(pools, before, after, TimePoint{}).size();
    benchmark::DoNotOptimize(changes);
  }
  state.counters["changes"] = static_cast<double>(changes);
}
BENCHMARK(detect_changes_of_60000_pools)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spotvane::market
