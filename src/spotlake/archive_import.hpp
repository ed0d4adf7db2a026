#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/scan_progress.hpp"
#include "spotlake/snapshot_files.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace spotvane::spotlake {

struct ImportOptions {
  int threads = 1;
  /// More would be a second file of their day. At most so many lie in memory.
  std::size_t changes_in_a_file = 400'000;
  bool is_strict = false;  ///< damage ends the import before anything of its day counts
};

/// Whom an import tells what it meets.
struct ImportListener {
  std::function<void(const Damage&)> on_damage;
  OnProgress go_on;  ///< asked before each snapshot
};

struct ImportSummary {
  std::size_t snapshots = 0;        ///< imported now
  std::size_t known_snapshots = 0;  ///< imported before
  std::uint64_t rows = 0;           ///< of those imported now
  std::uint64_t changes = 0;
  std::size_t files = 0;    ///< added to the archive
  std::size_t damaged = 0;  ///< snapshots that are not whole, and what the list names
};

/// Turns snapshots into change rows of our own archive: cycles that somebody else collected.
///
/// A snapshot's time is what its path says. History is only added to: a snapshot that is not later
/// than the archive's latest cycle, and was not imported before, ends it with `InvalidInput` before
/// anything is changed. A day counts as a whole: where it ends early (`Cancelled`, a crash,
/// `Corrupt` with `is_strict`), the days before have been imported, and the next import goes on
/// from there. Memory grows with pools, not with rows.
Result<ImportSummary> import_archive(TextFiles& files, const SnapshotList& list, StateStore& state,
                                     Lake& lake, const ImportOptions& options,
                                     const ImportListener& listener);

}  // namespace spotvane::spotlake
