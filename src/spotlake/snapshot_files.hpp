#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

namespace spotvane::spotlake {

/// A file of an archive that holds one snapshot of the market.
struct SnapshotFile {
  std::filesystem::path path;     ///< below the archive's root
  std::optional<TimePoint> time;  ///< as the path says; none where it does not
};

/// The moment in a path that ends in "aws-2024-11/01/00-10-00.csv" or "2024/11/01/00-10-00.csv.gz".
std::optional<TimePoint> time_of_path(const std::filesystem::path& path);

/// What is to be read of an archive.
struct SnapshotList {
  std::filesystem::path root;
  std::vector<SnapshotFile> files;  ///< by path
  std::vector<Damage> damage;       ///< empty folders, snapshots that are there twice
};

/// Finds the snapshots ("HH-MM-SS.csv" or ".csv.gz" in folders of any depth) below `root`; of
/// `month` only, if given. Other files are not looked at.
/// Fails with `NotFound` where there is none, or as `TextFiles::list` does.
Result<SnapshotList> list_snapshots(TextFiles& files, const std::filesystem::path& root,
                                    std::optional<std::chrono::year_month> month = {});

}  // namespace spotvane::spotlake
