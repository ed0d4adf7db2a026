#pragma once

#include "model/pool.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spotvane::market {

/// How far a fleet is to be spread: what AWS takes back at once should be no large part of it.
struct FleetSpread {
  std::size_t pools = 12;   ///< to choose
  std::size_t of_type = 3;  ///< at most, in as many zones
  double of_zone = 0.5;     ///< share of the pools, at most
  double of_family = 0.5;   ///< likewise: types of a family run short together
};

/// A pool that was looked at, in its order.
struct SpreadPool {
  std::size_t index = 0;  ///< among those offered
  bool is_chosen = false;
  std::string why = {};  ///< it was passed over, or taken all the same; empty: it is simply good
};

/// Chooses pools of one region, which come best first, for a fleet: the best ones, but no more of a
/// type, a zone or a family than `spread` allows. Where that leaves too few, the best of those
/// passed over are taken all the same. Tells of all that were looked at.
std::vector<SpreadPool> spread_over(std::span<const model::Pool> pools, const FleetSpread& spread);

}  // namespace spotvane::market
