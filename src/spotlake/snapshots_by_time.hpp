#pragma once

#include "spotlake/snapshot_files.hpp"

#include <vector>

namespace spotvane::spotlake {

struct OrderedSnapshots {
  std::vector<SnapshotFile> files;  ///< each has a time, and no two the same
  std::vector<Damage> damage;       ///< what the list names, and what has no place in time
};

/// The list's snapshots in the order they were taken.
OrderedSnapshots snapshots_by_time(const SnapshotList& list);

}  // namespace spotvane::spotlake
