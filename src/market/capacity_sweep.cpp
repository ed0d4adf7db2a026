#include "market/capacity_sweep.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace spotvane::market {

namespace {

using Reach = std::optional<std::int16_t>;

Reach value_after(Reach known, bool is_good, int capacity, std::span<const int> sweep) {
  const auto place = std::lower_bound(sweep.begin(), sweep.end(), capacity);
  SPOTVANE_ASSERT(place != sweep.end() && *place == capacity);
  const bool is_known =
      known && (*known == 0 || std::binary_search(sweep.begin(), sweep.end(), int{*known}));
  const int before = is_known ? *known : 0;
  const int next_smaller = place == sweep.begin() ? 0 : *std::prev(place);
  return static_cast<std::int16_t>(is_good ? std::max(before, capacity)
                                           : std::min(before, next_smaller));
}

}  // namespace

CapacityReach after_score(const CapacityReach& known, int score, int capacity,
                          std::span<const int> sweep) {
  return {.t2 = value_after(known.t2, score >= 2, capacity, sweep),
          .t3 = value_after(known.t3, score >= 3, capacity, sweep)};
}

int next_capacity(std::span<const int> sweep, int last) {
  SPOTVANE_ASSERT(!sweep.empty());
  const auto next = std::upper_bound(sweep.begin(), sweep.end(), last);
  return next == sweep.end() ? sweep.front() : *next;
}

}  // namespace spotvane::market
