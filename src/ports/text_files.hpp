#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane {

/// A text, from its beginning to its end.
class TextStream {
 public:
  virtual ~TextStream() = default;

  /// The piece that comes next, some 256 KiB at most; empty only at the end. It lives until the
  /// next call. Fails with `Corrupt` where the text is cut short or not what its name says; what
  /// came before is good.
  virtual Result<std::string_view> next() = 0;
};

/// What lies anywhere below a folder, relative to it, sorted.
struct FolderListing {
  std::vector<std::filesystem::path> files = {};
  std::vector<std::filesystem::path> empty_folders = {};
};

/// Text files, plain or compressed, that somebody else wrote. Several threads may use it at once.
class TextFiles {
 public:
  virtual ~TextFiles() = default;

  /// Fails with `NotFound`, `Denied` or `InvalidInput` (not a folder).
  virtual Result<FolderListing> list(const std::filesystem::path& root) = 0;

  /// A name that ends in ".gz" is decompressed. Fails with `NotFound`, `Denied` or `Storage`.
  virtual Result<std::unique_ptr<TextStream>> open(const std::filesystem::path& file) = 0;
};

/// All of a file that is small enough to be held. Fails as `open` and `TextStream::next` do.
inline Result<std::string> read_whole(TextFiles& files, const std::filesystem::path& file) {
  auto stream = files.open(file);
  if (!stream) {
    return tl::unexpected(std::move(stream.error()));
  }
  std::string text;
  for (;;) {
    const auto piece = (*stream)->next();
    if (!piece) {
      return tl::unexpected(piece.error());
    }
    if (piece->empty()) {
      return text;
    }
    text += *piece;
  }
}

}  // namespace spotvane
