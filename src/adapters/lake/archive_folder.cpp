#include "adapters/lake/archive_folder.hpp"

#include "adapters/lake/durable_file.hpp"
#include "base/assert.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <system_error>

namespace spotvane::adapters {
namespace {

constexpr std::string_view kSuffix = ".parquet";
constexpr std::string_view kStagedSuffix = ".parquet.staged";

tl::unexpected<Error> damaged(const LakeFile& file, const std::string& what) {
  return tl::unexpected(
      Error{ErrorKind::Corrupt, fmt::format("archive file '{}' {}", file.path, what),
            "bring it back from a backup, or give it up by `spotvane archive check "
            "--forget-damaged`; all other files are as they were"});
}

Result<void> check_length(const std::filesystem::path& at, const LakeFile& file) {
  std::error_code failure;
  const auto bytes = std::filesystem::file_size(at, failure);
  if (failure == std::errc::no_such_file_or_directory) {
    return damaged(file, "is missing");
  }
  if (failure) {
    return tl::unexpected(storage_error("read", at, failure.value()));
  }
  if (bytes != file.bytes) {
    return damaged(file, fmt::format("is damaged: {} bytes long, was {}", bytes, file.bytes));
  }
  return {};
}

Result<void> check_content(const std::filesystem::path& at, const LakeFile& file) {
  if (auto same_length = check_length(at, file); !same_length) {
    return same_length;
  }
  const auto sha256 = sha256_of_file(at);
  if (!sha256) {
    return tl::unexpected(sha256.error());
  }
  return *sha256 == file.sha256 ? Result<void>{}
                                : damaged(file, "is damaged: its checksum has changed");
}

/// `path`.damaged, or `path`-2.damaged and so on where that is taken.
std::filesystem::path free_place(const std::filesystem::path& path) {
  std::error_code ignored;
  for (int number = 1;; ++number) {
    std::filesystem::path place = number == 1 ? fmt::format("{}.damaged", path.native())
                                              : fmt::format("{}-{}.damaged", path.native(), number);
    if (!std::filesystem::exists(place, ignored)) {
      return place;
    }
  }
}

std::map<std::string, const LakeFile*> by_path(const std::vector<LakeFile>& files) {
  std::map<std::string, const LakeFile*> found;
  for (const auto& file : files) {
    found.emplace(file.path, &file);
  }
  return found;
}

/// The path a file below the root is staged or shown for; empty where it is neither.
std::string path_of(const std::filesystem::path& root, const std::filesystem::path& file) {
  auto name = file.filename().native();
  if (name.starts_with('.') && name.ends_with(kStagedSuffix)) {
    name = name.substr(1, name.size() - 1 - (kStagedSuffix.size() - kSuffix.size()));
  } else if (!name.ends_with(kSuffix)) {
    return {};
  }
  return (file.parent_path() / name).lexically_relative(root).native();
}

/// Files whose state database was lost, or that someone laid there: not ours to remove.
tl::unexpected<Error> strangers(const std::filesystem::path& root, std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  return tl::unexpected(Error{
      ErrorKind::Corrupt,
      fmt::format("the archive '{}' holds {} Parquet file(s) that the state database does "
                  "not know, "
                  "the first is '{}'",
                  root.native(), paths.size(), paths.front()),
      "bring the database that belongs to them back from a backup (a home's own is state.db), or "
      "move them elsewhere"});
}

}  // namespace

std::filesystem::path ArchiveFolder::staged(const std::string& path) const {
  const std::filesystem::path file = shown(path);
  return file.parent_path() / fmt::format(".{}.staged", file.filename().native());
}

Result<void> ArchiveFolder::prepare(const std::string& path) const {
  const std::filesystem::path relative{path};
  SPOTVANE_ASSERT(relative.is_relative() && relative.lexically_normal() == relative &&
                  *relative.begin() != ".." && path.ends_with(kSuffix));
  return create_folder_durably(shown(path).parent_path());
}

Result<LakeFile> ArchiveFolder::seal(const std::string& path) const {
  const auto file = staged(path);
  if (auto synced = sync_file(file); !synced) {
    return tl::unexpected(synced.error());
  }
  if (auto synced = sync_folder(file.parent_path()); !synced) {
    return tl::unexpected(synced.error());
  }
  const auto sha256 = sha256_of_file(file);
  if (!sha256) {
    return tl::unexpected(sha256.error());
  }
  std::error_code failure;
  const auto bytes = std::filesystem::file_size(file, failure);
  if (failure) {
    return tl::unexpected(storage_error("read", file, failure.value()));
  }
  LakeFile sealed;
  sealed.path = path;
  sealed.sha256 = *sha256;
  sealed.bytes = bytes;
  return sealed;
}

Result<void> ArchiveFolder::publish(const LakeFile& file) const {
  const auto waiting = staged(file.path);
  std::error_code failure;
  if (!std::filesystem::exists(waiting, failure)) {
    return check_length(shown(file.path), file);
  }
  if (!check_content(waiting, file)) {
    // What waits is debris of an attempt to replace this file; the file itself must be shown.
    return check_content(shown(file.path), file);
  }
  return rename_durably(waiting, shown(file.path));
}

Result<std::vector<ArchiveFolder::Found>> ArchiveFolder::find_files() const {
  std::vector<Found> found;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator entry{root_, failure};
  if (failure == std::errc::no_such_file_or_directory) {
    return found;
  }
  for (; !failure && entry != std::filesystem::recursive_directory_iterator{};
       entry.increment(failure)) {
    if (auto path = path_of(root_, entry->path()); !path.empty()) {
      const bool is_staged = entry->path() == staged(path);
      found.push_back({entry->path(), std::move(path), is_staged});
    }
  }
  if (failure) {
    return tl::unexpected(storage_error("look through", root_, failure.value()));
  }
  return found;
}

Result<void> ArchiveFolder::check_known(const std::vector<LakeFile>& live,
                                        const Lake::IsSuperseded& is_superseded) const {
  const auto found = find_files();
  if (!found) {
    return tl::unexpected(found.error());
  }
  std::vector<std::string> unknown;
  const auto counted = by_path(live);
  for (const auto& [file, path, is_staged] : *found) {
    if (!counted.contains(path) && !is_staged && !is_superseded(path)) {
      unknown.push_back(path);
    }
  }
  return unknown.empty() ? Result<void>{} : strangers(root_, std::move(unknown));
}

Result<std::size_t> ArchiveFolder::sweep(const std::vector<LakeFile>& live,
                                         const Lake::IsSuperseded& is_superseded) const {
  if (auto known = check_known(live, is_superseded); !known) {
    return tl::unexpected(known.error());
  }
  const auto found = find_files();
  if (!found) {
    return tl::unexpected(found.error());
  }
  const auto counted = by_path(live);
  std::size_t removed = 0;
  for (const auto& [file, path, is_staged] : *found) {
    const auto listed = counted.find(path);
    if (listed != counted.end() &&
        !(is_staged && check_content(shown(path), *listed->second).has_value())) {
      continue;
    }
    std::error_code failure;
    std::filesystem::remove(file, failure);
    if (failure) {
      return tl::unexpected(storage_error("sweep", file, failure.value()));
    }
    if (file.parent_path() != root_) {
      std::filesystem::remove(file.parent_path(), failure);  // fails where anything is left in it
    }
    ++removed;
  }
  return removed;
}

Result<void> ArchiveFolder::set_aside(const LakeFile& file) const {
  for (const auto& place : {shown(file.path), staged(file.path)}) {
    std::error_code failure;
    if (!std::filesystem::exists(place, failure)) {
      continue;
    }
    const auto target = free_place(root_ / "damaged" / file.path);
    auto moved = create_folder_durably(target.parent_path())
                     .and_then([&] { return rename_durably(place, target); })
                     .and_then([&] { return sync_folder(place.parent_path()); });
    if (!moved) {
      return tl::unexpected(std::move(moved.error()).during("set a damaged file aside"));
    }
  }
  return {};
}

Result<std::vector<std::filesystem::path>> ArchiveFolder::locate(
    const std::vector<LakeFile>& files) const {
  std::vector<std::filesystem::path> places;
  places.reserve(files.size());
  for (const auto& file : files) {
    const auto is_shown = check_length(shown(file.path), file);
    if (is_shown) {
      places.push_back(shown(file.path));
    } else if (check_length(staged(file.path), file)) {
      places.push_back(staged(file.path));
    } else {
      return tl::unexpected(is_shown.error());
    }
  }
  return places;
}

Result<void> ArchiveFolder::check_contents(const std::vector<LakeFile>& files) const {
  const auto places = locate(files);
  if (!places) {
    return tl::unexpected(places.error());
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (auto same = check_content((*places)[i], files[i]); !same) {
      return same;
    }
  }
  return {};
}

}  // namespace spotvane::adapters
