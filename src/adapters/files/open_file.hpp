#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

namespace spotvane::adapters {

/// What a caller can do about a failed system call.
ErrorKind kind_of(const std::error_code& error);

/// A file open for reading, byte by byte as it is.
class OpenFile {
 public:
  /// Fails with `NotFound`, `Denied` or `Storage`.
  static Result<std::unique_ptr<OpenFile>> open(const std::filesystem::path& file);

  explicit OpenFile(int descriptor) : descriptor_{descriptor} {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Writes what comes next to the front of `room`, and says how many bytes: none only at the end.
  /// Fails with `Corrupt` where the file cannot be read on.
  Result<std::size_t> read(std::span<char> room);

  /// The file's length now; 0 where it has none (a pipe).
  std::uint64_t bytes() const;
  /// Begins anew.
  void rewind();

 private:
  int descriptor_;
};

}  // namespace spotvane::adapters
