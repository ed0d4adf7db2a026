#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "sim/capacity_process.hpp"
#include "sim/pool_keys.hpp"
#include "sim/pool_traits.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace spotvane::sim {

/// A price and since when it is told: not always another one than before, as with AWS.
struct PriceRow {
  TimePoint at;
  Money price;
};

/// A pool's price as a function of time: on-demand less the advisor's savings at the least, above
/// that where the pool is in demand, on-demand at the most. It may change each six hours or so;
/// where it has not for half a day, it is told once more at the pool's hour of the day.
class PriceProcess {
 public:
  PriceProcess(const PoolKeys& keys, const PoolTraits& traits, const CapacityProcess& capacity);

  /// The price in force.
  Money price(TimePoint at) const;
  /// The last row at or before `at`.
  PriceRow row_at(TimePoint at) const;
  /// The rows in (from, to], in order of time.
  std::vector<PriceRow> rows(TimePoint from, TimePoint to) const;

  double on_demand_usd() const { return ceiling_usd_; }
  /// Of on-demand, at rest.
  double usual_savings() const { return std::max(1.0 - floor_usd_ / ceiling_usd_, 0.0); }

 private:
  class Drift;

  // Updates and repeats are numbered in order of time; each is at one moment of its period.
  std::int64_t update_at(TimePoint at) const;  // the last one at or before
  TimePoint update_time(std::int64_t update) const;
  Money price_after(std::int64_t update, Drift& drift) const;
  Money price(TimePoint at, Drift& drift) const { return price_after(update_at(at), drift); }

  std::int64_t repeat_at(TimePoint at) const;
  TimePoint repeat_time(std::int64_t repeat) const;
  bool is_told(TimePoint repeat, Drift& drift) const;

  std::optional<PriceRow> last_change(TimePoint after, TimePoint until, Drift& drift) const;
  std::vector<PriceRow> changes(TimePoint from, TimePoint to, Drift& drift) const;

  std::uint64_t key_;
  CapacityProcess capacity_;
  double floor_usd_;
  double ceiling_usd_;
  double premium_;  // logarithm of the median price over the floor; below 0 where it rests there
  double swing_;
  bool never_changes_;
  Duration update_start_;
  Duration repeat_start_;
};

}  // namespace spotvane::sim
