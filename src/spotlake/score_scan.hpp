#pragma once

#include "market/initial_score.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/snapshot_files.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace spotvane::spotlake {

struct ScanProgress {
  std::size_t files_done = 0;
  std::size_t files = 0;
  std::uint64_t bytes = 0;  ///< of text, decompressed
};

struct ScoreScan {
  market::InitialScoreTable table;
  ScanProgress progress;
  std::uint64_t rows = 0;
  std::vector<Damage> damage;  ///< what the list names, then each file's in order of the list
  bool is_stopped = false;     ///< before the end: the table is not whole
};

/// Asked again and again, on the calling thread, while the scan goes on; false stops it.
using OnProgress = std::function<bool(const ScanProgress&)>;

/// Adds up what all snapshots of a list say, `threads` files at a time. How many threads there are
/// changes nothing but the time it takes.
ScoreScan scan_scores(TextFiles& files, const SnapshotList& list, int threads,
                      const OnProgress& on_progress);

}  // namespace spotvane::spotlake
