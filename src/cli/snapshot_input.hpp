#pragma once

#include "base/result.hpp"
#include "cli/command.hpp"
#include "cli/flags.hpp"
#include "cli/scan_progress.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/scan_progress.hpp"
#include "spotlake/snapshot_files.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace spotvane::cli {

/// What every command over somebody's archive of snapshots is told, and how it reads them.
class SnapshotInput {
 public:
  void declare(Flags& flags);

  const std::string& root() const { return root_; }

  /// Fails as `spotlake::list_snapshots` does.
  Result<spotlake::SnapshotList> list(Environment& environment) const;
  /// How many files to read at the same time.
  int threads(Environment& environment) const;

 private:
  std::string root_;
  std::optional<std::chrono::year_month> month_ = {};
  int threads_ = 0;
};

/// One warning for what could not be used.
void warn(Console& console, const spotlake::Damage& damage);

/// Shows progress and hears interrupts while `line` lives.
spotlake::OnProgress show_progress(Environment& environment, ScanProgressLine& line);

}  // namespace spotvane::cli
