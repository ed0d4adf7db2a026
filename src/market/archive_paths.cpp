#include "market/archive_paths.hpp"

#include <algorithm>

namespace spotvane::market {

namespace {

constexpr std::string_view kKey = "day=";
constexpr std::string_view kCycleStem = "cycle-";
constexpr std::string_view kDayStem = "day";
constexpr std::string_view kMonthStem = "month";

/// `stem`.parquet in the folder, or `stem`-2.parquet and so on where that is taken.
std::string free_path(const std::vector<LakeFile>& files, const std::string& folder,
                      std::string_view stem) {
  for (int number = 1;; ++number) {
    auto path = number == 1 ? fmt::format("{}{}/{}.parquet", kKey, folder, stem)
                            : fmt::format("{}{}/{}-{}.parquet", kKey, folder, stem, number);
    if (std::none_of(files.begin(), files.end(),
                     [&](const LakeFile& file) { return file.path == path; })) {
      return path;
    }
  }
}

ArchivePath::Kind kind_of(std::string_view name, bool is_of_month) {
  if (is_of_month) {
    return name.starts_with(kMonthStem) ? ArchivePath::Kind::Month : ArchivePath::Kind::Foreign;
  }
  if (name.starts_with(kCycleStem)) {
    return ArchivePath::Kind::Cycle;
  }
  return name.starts_with(kDayStem) ? ArchivePath::Kind::Day : ArchivePath::Kind::Foreign;
}

/// Whether `merged` holds the rows of `path`, where it counts and `path` does not.
bool holds_rows_of(const ArchivePath& path, const ArchivePath& merged) {
  using Kind = ArchivePath::Kind;
  if (merged.kind == Kind::Month) {
    return path.kind != Kind::Foreign && path.month == merged.month;
  }
  return merged.kind == Kind::Day && (path.kind == Kind::Cycle || path.kind == Kind::Day) &&
         path.day == merged.day;
}

}  // namespace

std::optional<ArchivePath> parse_archive_path(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || !path.starts_with(kKey)) {
    return std::nullopt;
  }
  const auto folder = path.substr(kKey.size(), slash - kKey.size());
  const auto name = path.substr(slash + 1);
  if (const auto day = parse_day(folder)) {
    return ArchivePath{
        .kind = kind_of(name, /*is_of_month=*/false), .month = month_of(*day), .day = *day};
  }
  if (const auto first = parse_day(fmt::format("{}-01", folder))) {
    return ArchivePath{.kind = kind_of(name, /*is_of_month=*/true), .month = month_of(*first)};
  }
  return std::nullopt;
}

std::string free_cycle_path(const std::vector<LakeFile>& files, TimePoint cycle) {
  const auto day = day_of(cycle);
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(cycle - day)};
  return free_path(files, to_iso8601(day),
                   fmt::format("{}{:02}{:02}{:02}", kCycleStem, time.hours().count(),
                               time.minutes().count(), time.seconds().count()));
}

std::string free_day_path(const std::vector<LakeFile>& files, Day day) {
  return free_path(files, to_iso8601(day), kDayStem);
}

std::string free_month_path(const std::vector<LakeFile>& files, Month month) {
  return free_path(files, to_iso8601(month), kMonthStem);
}

Lake::IsSuperseded superseded_by(std::vector<LakeFile> live) {
  return [live = std::move(live)](const std::string& path) {
    const auto parsed = parse_archive_path(path);
    return parsed && std::any_of(live.begin(), live.end(), [&](const LakeFile& file) {
             const auto merged = parse_archive_path(file.path);
             return merged && holds_rows_of(*parsed, *merged);
           });
  };
}

}  // namespace spotvane::market
