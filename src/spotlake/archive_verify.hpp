#pragma once

#include "base/result.hpp"
#include "model/pool.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/scan_progress.hpp"
#include "spotlake/snapshot_files.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace spotvane::spotlake {

/// Where the archive says something else than a snapshot it was made from.
struct Difference {
  std::string file;  ///< below the snapshots' root
  model::Pool pool;
  std::string column;   ///< as the archive names it; "pool": only one of the two has the pool
  std::string source;   ///< its value, empty where there is none
  std::string archive;  ///< likewise
};

struct VerifySummary {
  std::size_t snapshots = 0;  ///< rebuilt and compared
  std::uint64_t rows = 0;
  std::uint64_t differences = 0;
  std::size_t not_imported = 0;
  std::size_t damaged = 0;  ///< snapshots that are not whole, and what the list names
};

/// Whom a comparison tells what it meets.
struct VerifyListener {
  std::function<void(const Difference&)> on_difference;
  std::function<void(const Damage&)> on_damage;
  OnProgress go_on;
};

/// Rebuilds each imported snapshot of the list from the change archive and compares it with its
/// source, value by value; the order of rows is ignored. Of a damaged snapshot only what it still
/// has is compared. Reads the changes once, in order of time. Fails with `Cancelled` where `go_on`
/// says no, and as the archive's reading does.
Result<VerifySummary> verify_archive(TextFiles& files, const SnapshotList& list, StateStore& state,
                                     Lake& lake, int threads, const VerifyListener& listener);

}  // namespace spotvane::spotlake
