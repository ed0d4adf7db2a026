#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace spotvane::adapters {

/// `Storage`, with a hint by the operating system's reason.
Error storage_error(const std::string& activity, const std::filesystem::path& path,
                    int error_number);

/// Waits until the file's bytes are on the disk. Fails with `Storage`.
Result<void> sync_file(const std::filesystem::path& file);

/// Waits until the folder's entries (new, renamed, removed) are on the disk. Fails with `Storage`.
Result<void> sync_folder(const std::filesystem::path& folder);

/// Renames and waits until the new name is on the disk. Fails with `Storage`.
Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Creates the folder and what is missing above it, durably. Fails with `Storage`.
Result<void> create_folder_durably(const std::filesystem::path& folder);

/// Removes a file that is only worth keeping under another name, if it is still there.
class Unfinished {
 public:
  explicit Unfinished(std::filesystem::path file) : file_{std::move(file)} {}
  ~Unfinished();
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  const std::filesystem::path& path() const { return file_; }

  /// Keeps it after all.
  void keep() { is_kept_ = true; }

 private:
  std::filesystem::path file_;
  bool is_kept_ = false;
};

/// Lower-case hex of the whole file. Fails with `Storage` where it cannot be read.
Result<std::string> sha256_of_file(const std::filesystem::path& file);

}  // namespace spotvane::adapters
