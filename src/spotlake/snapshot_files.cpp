#include "spotlake/snapshot_files.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace spotvane::spotlake {

namespace {

/// "00-10-00.csv" of "2024/11/01/00-10-00.csv.gz"; empty where it is no snapshot's name.
std::string snapshot_name(const std::filesystem::path& file) {
  constexpr std::string_view kPattern = "dd-dd-dd.csv";
  auto name = file.filename().string();
  if (name.ends_with(".gz")) {
    name.resize(name.size() - 3);
  }
  const bool fits =
      name.size() == kPattern.size() &&
      std::equal(name.begin(), name.end(), kPattern.begin(), [](char letter, char wanted) {
        return wanted == 'd' ? letter >= '0' && letter <= '9' : letter == wanted;
      });
  return fits ? name : std::string{};
}

bool is_of(const SnapshotFile& file, std::chrono::year_month month) {
  if (!file.time) {
    return false;
  }
  const std::chrono::year_month_day date{day_of(*file.time)};
  return date.year() / date.month() == month;
}

tl::unexpected<Error> no_snapshots(const std::filesystem::path& root,
                                   std::optional<std::chrono::year_month> month) {
  const auto of_month = month ? fmt::format(" of {}-{:02}", static_cast<int>(month->year()),
                                            static_cast<unsigned>(month->month()))
                              : std::string{};
  return tl::unexpected(Error{
      ErrorKind::NotFound, fmt::format("no snapshot{} below '{}'", of_month, root.string()),
      "snapshots are named like 'aws-2024-11/01/00-10-00.csv' or '2024/11/01/00-10-00.csv.gz'"});
}

}  // namespace

std::optional<TimePoint> time_of_path(const std::filesystem::path& path) {
  const auto name = snapshot_name(path);
  const auto day_folder = path.parent_path();
  const auto month_folder = day_folder.parent_path();
  auto month = month_folder.filename().string();
  if (month.size() == 2) {
    month = fmt::format("{}-{}", month_folder.parent_path().filename().string(), month);
  } else if (month.size() > 7) {
    month = month.substr(month.size() - 7);  // "aws-2024-11"
  }
  if (name.empty()) {
    return std::nullopt;
  }
  const auto time =
      parse_time(fmt::format("{}-{} {}:{}:{}", month, day_folder.filename().string(),
                             name.substr(0, 2), name.substr(3, 2), name.substr(6, 2)));
  return time ? std::optional{*time} : std::nullopt;
}

Result<SnapshotList> list_snapshots(TextFiles& files, const std::filesystem::path& root,
                                    std::optional<std::chrono::year_month> month) {
  auto listing = files.list(root);
  if (!listing) {
    return tl::unexpected(std::move(listing.error()));
  }
  SnapshotList list{.root = root, .files = {}, .damage = {}};
  for (const auto& folder : listing->empty_folders) {
    list.damage.push_back({folder.string(), 0, "the folder is empty"});
  }
  const auto full_root = std::filesystem::absolute(root).lexically_normal();
  std::filesystem::path last;
  std::filesystem::path last_plain;
  for (auto& path : listing->files) {
    const auto name = snapshot_name(path);
    SnapshotFile file{.path = path, .time = time_of_path(full_root / path)};
    if (name.empty() || (month && !is_of(file, *month))) {
      continue;
    }
    const auto plain = path.parent_path() / name;
    if (plain == last_plain) {
      list.damage.push_back(
          {path.string(), 0, fmt::format("left out: '{}' is the same snapshot", last.string())});
      continue;
    }
    last_plain = plain;
    last = path;
    list.files.push_back(std::move(file));
  }
  if (list.files.empty()) {
    return no_snapshots(root, month);
  }
  return list;
}

}  // namespace spotvane::spotlake
