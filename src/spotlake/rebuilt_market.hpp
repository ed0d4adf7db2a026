#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/market_row.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"
#include "spotlake/snapshot_numbers.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spotvane::spotlake {

/// The market of one moment after another, rebuilt from the change archive: some hours of its rows
/// are in memory at a time.
class RebuiltMarket {
 public:
  RebuiltMarket(StateStore& state, Lake& lake) : state_{state}, lake_{lake} {}

  /// Goes on to `moment`, which must be later than the last. Fails as reading the archive does.
  Result<void> advance(TimePoint moment);

  SnapshotNumbers& numbers() { return numbers_; }
  bool is_offered(PoolIndex::Number pool) const {
    return pool < is_offered_.size() && is_offered_[pool] != 0;
  }
  const PackedState& state(PoolIndex::Number pool) const { return states_[pool]; }

 private:
  Result<void> begin_at(TimePoint moment);
  Result<void> read_changes(TimePoint from, TimePoint to);
  void apply(const model::MarketChange& change);

  StateStore& state_;
  Lake& lake_;
  SnapshotNumbers numbers_;
  // By number, as far as the archive knows the pools.
  std::vector<PackedState> states_;
  std::vector<std::uint8_t> is_offered_;
  bool is_begun_ = false;
  TimePoint read_until_{};  // rows before it are in `ahead_` or applied
  std::vector<model::MarketChange> ahead_;
  std::size_t applied_ = 0;  // of `ahead_`
};

}  // namespace spotvane::spotlake
