#pragma once

#include "base/time.hpp"
#include "model/market_row.hpp"
#include "spotlake/snapshot.hpp"
#include "spotlake/snapshot_numbers.hpp"

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace spotvane::spotlake {

/// Compares snapshot after snapshot with what was known before.
class ChangeDetector {
 public:
  /// A change row whose pool is a number.
  struct Change {
    TimePoint at;
    PackedState state;
    PoolIndex::Number pool;
    bool has_ceased;
  };

  /// Begins with what is `known`: the archive's rows in force.
  explicit ChangeDetector(std::span<const model::MarketChange> known);

  /// Adds to `changes` what the snapshot says anew, as of `at`: pools that differ in any value from
  /// what was known, and pools that it does not have any more. A damaged snapshot may not have them
  /// because of its damage: then they stay as they were. Of two rows of a pool the first counts;
  /// the other is damage. The new changes are in order of pool.
  void detect(Snapshot& snapshot, TimePoint at, std::deque<Change>& changes);

  model::MarketChange row(const Change& change) const {
    return {change.at, numbers_.names(change.pool).pool(), change.has_ceased, unpack(change.state)};
  }

  /// How many pools are known and have not ceased.
  std::uint64_t offered() const { return offered_; }

 private:
  /// Makes room for every pool that has a number.
  void resize();

  SnapshotNumbers numbers_;
  // By number.
  std::vector<PackedState> states_;
  std::vector<std::uint8_t> is_offered_;  // 0: it is not, or not any more
  std::uint64_t offered_ = 0;
};

}  // namespace spotvane::spotlake
