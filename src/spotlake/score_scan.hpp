#pragma once

#include "market/initial_score.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/scan_progress.hpp"
#include "spotlake/snapshot_files.hpp"

#include <cstdint>
#include <vector>

namespace spotvane::spotlake {

struct ScoreScan {
  std::vector<market::PoolVariation> pools;  ///< in no order
  ScanProgress progress;
  std::uint64_t rows = 0;
  std::vector<Damage> damage;  ///< what the list names, then each file's in order of the list
  bool is_stopped = false;     ///< before the end: the table is not whole
};

/// Adds up what all snapshots of a list say, `threads` files at a time. How many threads there are
/// changes nothing but the time it takes.
ScoreScan scan_scores(TextFiles& files, const SnapshotList& list, int threads,
                      const OnProgress& on_progress);

}  // namespace spotvane::spotlake
