#pragma once

#include "base/time.hpp"
#include "model/market_row.hpp"
#include "model/pool.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace spotvane::market {

/// A pool's number: dense, from 0, for as long as the program runs.
using PoolNumber = std::uint32_t;

/// Gives pools numbers, so that what is known of them lies in plain arrays.
class PoolBook {
 public:
  /// The pool's number, a new one where it had none.
  PoolNumber number(const model::Pool& pool);

  std::optional<PoolNumber> find(const model::Pool& pool) const;
  const model::Pool& pool(PoolNumber number) const { return pools_[number]; }
  std::size_t size() const { return pools_.size(); }

  /// The numbers of a type's pools in a region, in order of first sight.
  std::span<const PoolNumber> in_region(const model::RegionalPool& pool) const;

 private:
  std::vector<model::Pool> pools_;
  std::unordered_map<model::Pool, PoolNumber> numbers_;
  std::unordered_map<model::RegionalPool, std::vector<PoolNumber>> by_region_;
};

/// What is known of every pool at one moment, by number.
struct MarketBook {
  std::vector<model::MarketState> states;
  std::vector<std::uint8_t> is_offered;  ///< 0 where the pool does not exist (any more)

  void resize(std::size_t pools) {
    states.resize(pools);
    is_offered.resize(pools);
  }
};

/// The rows that turn `before` into `after`, by pool number: one for every pool that differs in any
/// value, and one for every pool that ceased. Nothing for a pool that stayed as it was.
std::vector<model::MarketChange> detect_changes(const PoolBook& pools, const MarketBook& before,
                                                const MarketBook& after, TimePoint at);

}  // namespace spotvane::market
