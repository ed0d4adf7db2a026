#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/state_store.hpp"
#include "spotlake/snapshot_files.hpp"

#include <set>
#include <vector>

namespace spotvane::spotlake {

struct OrderedSnapshots {
  std::vector<SnapshotFile> files;  ///< each has a time, and no two the same
  std::vector<Damage> damage;       ///< what the list names, and what has no place in time
};

/// The list's snapshots in the order they were taken.
OrderedSnapshots snapshots_by_time(const SnapshotList& list);

/// The moments of all snapshots imported so far.
Result<std::set<TimePoint>> imported_times(StateStore& state);

}  // namespace spotvane::spotlake
