#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace spotvane {

/// Text files, plain or compressed, that somebody else wrote.
class TextFiles {
 public:
  virtual ~TextFiles() = default;

  /// The files anywhere below the folder `root`, relative to it, sorted. Fails with `NotFound`,
  /// `Denied` or `InvalidInput` (not a folder).
  virtual Result<std::vector<std::filesystem::path>> list(const std::filesystem::path& root) = 0;

  /// Hands the file's text to `on_text` piece by piece; a name that ends in ".gz" is decompressed.
  /// Fails with `NotFound`, `Denied` or `Corrupt` (cut short, or not what its name says), having
  /// handed out what could be read before.
  virtual Result<void> read(const std::filesystem::path& file,
                            const std::function<void(std::string_view)>& on_text) = 0;
};

}  // namespace spotvane
