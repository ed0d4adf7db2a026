#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "sim/pool_traits.hpp"

#include <cstdint>

namespace spotvane::sim {

/// One pool's capacity and price as functions of time.
class PoolProcess {
 public:
  /// `key` is the pool's own stream; `family_key` is shared with pools that drift along.
  PoolProcess(std::uint64_t key, std::uint64_t family_key, const PoolTraits& traits);

  /// How many instances could still be started: above 0, a fraction where there is hardly one.
  double capacity(TimePoint at) const;

  /// Prices hold from one change to the next; changes are numbered in order of time.
  std::int64_t price_change_at(TimePoint at) const;  ///< the last one at or before
  TimePoint price_change_time(std::int64_t change) const;
  Money price_after(std::int64_t change) const;

 private:
  std::uint64_t key_;
  std::uint64_t family_key_;
  double capacity_level_;  // logarithm of the median
  double capacity_swing_;
  double median_usd_;
  double ceiling_usd_;
  double price_swing_;
  Duration epoch_;  // holds one price change
  Duration epoch_start_;
};

}  // namespace spotvane::sim
