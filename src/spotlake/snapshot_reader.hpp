#pragma once

#include "base/result.hpp"
#include "ports/text_files.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::spotlake {

/// A row of a SpotLake snapshot, as far as scores need it. The texts live until the call returns.
struct SnapshotRow {
  std::string_view instance_type;
  std::string_view region;
  std::optional<int> sps;
  std::optional<int> interruption_halves;  ///< twice the IF score: 2..6
};

/// Something in an archive that could not be used.
struct ReadDamage {
  std::string file;        ///< below the archive's root
  std::uint64_t line = 0;  ///< from 1; 0: the file as a whole
  std::string reason;
};

/// "2024/11/01/00-10-00.csv, line 7: SPS 'x' is not a number".
std::string to_text(const ReadDamage& damage);

struct ArchiveReading {
  std::size_t files = 0;  ///< read, damaged ones among them
  std::uint64_t rows = 0;
  std::vector<ReadDamage> damage;  ///< at most `kDamageShown` of a file, and how many more it has
};

inline constexpr std::size_t kDamageShown = 20;

/// Reads every snapshot ("HH-MM-SS.csv" or ".csv.gz" in folders of any depth) below `root`, in
/// order of path. What is damaged is reported, the rest is used. Other files are not looked at.
/// Calls `on_file` before each file with the number read and the number there are.
/// Fails with `NotFound` where there is no snapshot, or as `TextFiles::list` does.
Result<ArchiveReading> read_snapshots(
    TextFiles& files, const std::filesystem::path& root,
    const std::function<void(const SnapshotRow&)>& on_row,
    const std::function<void(std::size_t done, std::size_t total)>& on_file = {});

}  // namespace spotvane::spotlake
