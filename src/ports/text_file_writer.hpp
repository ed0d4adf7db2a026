#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string_view>

namespace spotvane {

/// Text files, plain or compressed, for somebody else to read.
class TextFileWriter {
 public:
  virtual ~TextFileWriter() = default;

  /// Makes the folder where it is missing. Fails with `InvalidInput` where something is in it
  /// already, else with `Denied` or `Storage`.
  virtual Result<void> claim_folder(const std::filesystem::path& folder) = 0;

  /// Writes a whole file and the folders it lies in; a name that ends in ".gz" is compressed, the
  /// same text always to the same bytes. Fails with `Denied` or `Storage` (the disk is full, say),
  /// and then leaves no part of the file behind.
  virtual Result<void> write(const std::filesystem::path& file, std::string_view text) = 0;
};

}  // namespace spotvane
