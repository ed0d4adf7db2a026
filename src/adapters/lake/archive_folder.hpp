#pragma once

#include "base/result.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// The archive's files as files: where they lie, whether they are whole, how they come and go.
class ArchiveFolder {
 public:
  explicit ArchiveFolder(std::filesystem::path root) : root_{std::move(root)} {}

  const std::filesystem::path& root() const { return root_; }
  /// Where a file waits until it is shown.
  std::filesystem::path staged(const std::string& path) const;

  /// Makes the folder a file will be staged in. `path` must lie below the root and end in
  /// ".parquet".
  Result<void> prepare(const std::string& path) const;

  /// Makes a file that was written under its staged name durable, and gives it path, length and
  /// checksum.
  Result<LakeFile> seal(const std::string& path) const;

  Result<void> publish(const LakeFile& file) const;
  Result<std::size_t> sweep(const std::vector<LakeFile>& live,
                            const Lake::IsSuperseded& is_superseded) const;
  Result<void> check_known(const std::vector<LakeFile>& live,
                           const Lake::IsSuperseded& is_superseded) const;

  Result<void> set_aside(const LakeFile& file) const;

  /// Where the files can be read: a file that counts may still wait under its staged name, because
  /// its writer is just publishing it, or died before. Fails with `Corrupt` at the first that is
  /// missing or of another length.
  Result<std::vector<std::filesystem::path>> locate(const std::vector<LakeFile>& files) const;

  /// Fails with `Corrupt` at the first file that differs in any byte. Reads them all.
  Result<void> check_contents(const std::vector<LakeFile>& files) const;

 private:
  /// A file below the root, staged or shown, and the path it is that for.
  struct Found {
    std::filesystem::path file;
    std::string path;
    bool is_staged = false;
  };
  Result<std::vector<Found>> find_files() const;

  std::filesystem::path shown(const std::string& path) const { return root_ / path; }

  std::filesystem::path root_;
};

}  // namespace spotvane::adapters
