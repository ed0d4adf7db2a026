#pragma once

#include "base/result.hpp"
#include "model/probe_row.hpp"
#include "ports/lake_file.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace spotvane {

/// What probes saw, as Parquet files below a folder of its own. Written in two steps, as the lake
/// is: which files count is what `ProbeLedger::files` says. Fails with `Storage`.
class ProbeArchive {
 public:
  virtual ~ProbeArchive() = default;

  /// Writes the rows (one at least), by time, durably but unseen. Staging the same path anew
  /// replaces it.
  virtual Result<LakeFile> stage(const std::string& path,
                                 std::span<const model::ProbeRow> rows) = 0;

  /// Shows a staged file. Showing it again does nothing. Fails with `Corrupt` if it is neither
  /// staged nor shown.
  virtual Result<void> publish(const LakeFile& file) = 0;

  /// Removes every staged file that is not in `live`; returns how many. Fails with `Corrupt`, and
  /// removes nothing, where one is shown that is not.
  virtual Result<std::size_t> sweep(const std::vector<LakeFile>& live) = 0;
};

}  // namespace spotvane
