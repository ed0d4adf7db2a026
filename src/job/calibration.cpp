#include "job/calibration.hpp"

#include <algorithm>
#include <map>

namespace spotvane::job {

namespace {

double dearest(const policy::FleetPool& pool) {
  const auto price = pool.price.value_or(Money{});
  return std::max(price, pool.highest_price.value_or(price)).dollars();
}

}  // namespace

std::optional<policy::FleetDecision> calibrate(
    const policy::FleetJob& job, const policy::FleetObservation& seen,
    const CalibrationLimits& limits, const std::function<bool(std::string_view type)>& was_tried) {
  auto left = (limits.most - seen.spent).dollars();
  for (const auto& worker : seen.workers) {
    left -= dearest(seen.pools[worker.pool]) * in_hours(limits.grace);
  }
  // The pools of each type that is to be measured, cheapest first.
  std::map<std::string_view, std::vector<std::size_t>> types;
  for (std::size_t i = 0; i < seen.pools.size(); ++i) {
    const auto& pool = seen.pools[i];
    if (!pool.measured && pool.price && pool.room > 0 && !was_tried(pool.type)) {
      types[pool.type].push_back(i);
    }
  }
  std::vector<std::vector<std::size_t>> orders;
  for (auto& [type, pools] : types) {
    std::stable_sort(pools.begin(), pools.end(), [&](std::size_t a, std::size_t b) {
      return *seen.pools[a].price < *seen.pools[b].price;
    });
    orders.push_back(std::move(pools));
  }
  std::stable_sort(orders.begin(), orders.end(), [&](const auto& a, const auto& b) {
    return *seen.pools[a.front()].price < *seen.pools[b.front()].price;
  });
  policy::FleetDecision decision{.holds_for = seen.interval};
  auto room = job.nodes - static_cast<int>(seen.workers.size());
  for (auto& pools : orders) {
    const auto usd = dearest(seen.pools[pools.front()]) * in_hours(limits.grace);
    if (room > 0 && usd <= left) {
      left -= usd;
      --room;
      decision.launches.push_back({.pools = std::move(pools),
                                   .count = 1,
                                   .batch = 1,
                                   .rounds = 1,
                                   .reason = policy::FleetReason::ToBeMeasured});
    }
  }
  const bool is_awaited =
      std::any_of(seen.workers.begin(), seen.workers.end(),
                  [](const policy::Worker& worker) { return !worker.reported; });
  return decision.launches.empty() && !is_awaited ? std::nullopt : std::optional{decision};
}

}  // namespace spotvane::job
