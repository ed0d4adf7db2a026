#include "spotlake/snapshot_numbers.hpp"

namespace spotvane::spotlake {

PoolIndex::Number SnapshotNumbers::number(const PoolNames& pool) {
  const auto number = pools_.number(pool);
  if (number >= seen_in_.size()) {
    seen_in_.resize(number + std::size_t{1});
  }
  return number;
}

void SnapshotNumbers::begin(const Snapshot& snapshot) {
  ++round_;
  order_.resize(snapshot.rows.size(), 0);
}

std::optional<PoolIndex::Number> SnapshotNumbers::see(const Snapshot& snapshot, std::size_t index) {
  const auto names = snapshot.names[index];
  auto& pool = order_[index];
  if (pool >= pools_.size() || pools_.names(pool) != names) {
    pool = number(names);
  }
  if (is_seen(pool)) {
    return std::nullopt;
  }
  seen_in_[pool] = round_;
  return pool;
}

}  // namespace spotvane::spotlake
