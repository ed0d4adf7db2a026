#pragma once

#include "ports/text_files.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <system_error>

namespace spotvane::adapters {

/// What a caller can do about a failed system call.
ErrorKind kind_of(const std::error_code& error);

/// A file open for reading, byte by byte as it is.
class OpenFile final : public TextStream {
 public:
  /// Fails with `NotFound`, `Denied` or `Storage`.
  static Result<std::unique_ptr<OpenFile>> open(const std::filesystem::path& file);

  explicit OpenFile(int descriptor) : descriptor_{descriptor} {}
  ~OpenFile() override;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  Result<std::size_t> read(std::span<char> room) override;

  /// The file's length now; 0 where it has none (a pipe).
  std::uint64_t bytes() const;
  /// Begins anew.
  void rewind();

 private:
  int descriptor_;
};

}  // namespace spotvane::adapters
