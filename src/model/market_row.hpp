#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "model/pool.hpp"

#include <cstdint>
#include <optional>

namespace spotvane::model {

/// What is known of a pool at one moment. An absent member is missing, never zero.
struct MarketState {
  std::optional<std::int16_t> sps = {};       ///< spot placement score, 1..10
  std::optional<std::int16_t> t2 = {};        ///< largest target capacity whose score was >= 2
  std::optional<std::int16_t> t3 = {};        ///< likewise >= 3
  std::optional<std::int16_t> band = {};      ///< interruption band r, 0..4
  std::optional<std::int16_t> savings = {};   ///< the advisor's, whole per cent below on-demand
  std::optional<Money> spot_price = {};       ///< per hour
  std::optional<Money> on_demand_price = {};  ///< per hour

  friend bool operator==(const MarketState&, const MarketState&) = default;
};

/// A pool as it is at one moment.
struct PoolState {
  Pool pool;
  MarketState state;

  friend bool operator==(const PoolState&, const PoolState&) = default;
};

/// A row of the change archive: from `at` on the pool was so, until its next row.
struct MarketChange {
  TimePoint at;
  Pool pool;
  bool has_ceased = false;  ///< the pool is no longer offered; `state` is empty then
  MarketState state;

  friend bool operator==(const MarketChange&, const MarketChange&) = default;
};

}  // namespace spotvane::model
