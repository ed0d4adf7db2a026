#include "policy/pareto.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace spotvane::policy {

namespace {

/// Goes from the fastest to the slowest: what is not cheaper than all before it is dominated.
void mark_dominated(std::vector<FleetEstimate>& all) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return all[a].hours != all[b].hours ? all[a].hours < all[b].hours : all[a].usd < all[b].usd;
  });
  auto cheapest = std::numeric_limits<double>::infinity();
  auto its_hours = 0.0;
  for (const auto i : order) {
    auto& one = all[i];
    // Equal in both, neither is the better.
    const auto is_equal = one.usd == cheapest && one.hours == its_hours;
    one.is_dominated = one.usd >= cheapest && !is_equal;
    if (one.usd < cheapest) {
      cheapest = one.usd;
      its_hours = one.hours;
    }
  }
}

}  // namespace

std::vector<FleetEstimate> estimates(std::span<const FleetChoice> choices,
                                     std::span<const int> nodes, double tasks,
                                     double scaling_penalty, Money manager_price,
                                     double manager_rate) {
  std::vector<FleetEstimate> all;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    for (const auto count : nodes) {
      const auto scaling = std::max(0.0, 1 - scaling_penalty * (count - 1));
      const auto rate = manager_rate + choices[i].rate.mean * count * scaling;
      if (rate <= 0) {
        continue;
      }
      const auto hours = tasks / rate / kSecondsAnHour;
      const auto usd =
          hours * (count * choices[i].worker_price.dollars() + manager_price.dollars());
      all.push_back({i, count, hours, usd});
    }
  }
  mark_dominated(all);
  return all;
}

}  // namespace spotvane::policy
