#pragma once

#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::market {

/// What the path of an archive file tells of it:
///
///     day=2026-08-01/cycle-001000.parquet   what one cycle saw
///     day=2026-08-01/day.parquet            a day's files, merged
///     day=2026-08/month.parquet             a month's
///
/// A further file of the same name has "-2" and so on after it. A month's folder has the key of the
/// others, "day", because readers that make columns of folders want the same key in all of them.
struct ArchivePath {
  enum class Kind : std::uint8_t { Cycle, Day, Month, Foreign };

  Kind kind = Kind::Foreign;  ///< `Foreign`: in a folder of ours, but not one of these names
  Month month;
  std::optional<Day> day = {};  ///< none in a month's folder
};

/// Nothing where `path` does not lie in a day's or a month's folder.
std::optional<ArchivePath> parse_archive_path(std::string_view path);

// Paths that none of `files` has.
std::string free_cycle_path(const std::vector<LakeFile>& files, TimePoint cycle);
std::string free_day_path(const std::vector<LakeFile>& files, Day day);
std::string free_month_path(const std::vector<LakeFile>& files, Month month);

/// A file of ours is superseded once one that its rows were merged into counts: those before it
/// are removed only after that.
Lake::IsSuperseded superseded_by(std::vector<LakeFile> live);

}  // namespace spotvane::market
