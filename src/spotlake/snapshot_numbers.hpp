#pragma once

#include "spotlake/pool_index.hpp"
#include "spotlake/snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace spotvane::spotlake {

/// Gives the rows of snapshot after snapshot the numbers of their pools.
class SnapshotNumbers {
 public:
  PoolIndex::Number number(const PoolNames& pool);

  /// Goes on to the next snapshot: nothing of it has been seen yet.
  void begin(const Snapshot& snapshot);

  /// The number of row `index`'s pool; nothing where an earlier row was that pool's.
  std::optional<PoolIndex::Number> see(const Snapshot& snapshot, std::size_t index);

  bool is_seen(PoolIndex::Number pool) const { return seen_in_[pool] == round_; }

  PoolNames names(PoolIndex::Number pool) const { return pools_.names(pool); }
  std::size_t size() const { return pools_.size(); }

 private:
  PoolIndex pools_;
  std::vector<std::uint32_t> seen_in_;  // by number: the last round it was seen in
  std::uint32_t round_ = 0;
  // Snapshots mostly list the same pools in the same order, so we look there first.
  std::vector<PoolIndex::Number> order_;
};

}  // namespace spotvane::spotlake
