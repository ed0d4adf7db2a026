#pragma once

#include "ports/text_files.hpp"

namespace spotvane::adapters {

/// Text files of the local file system. Compressed ones are inflated at one go by libdeflate, the
/// faster one, where they fit into a little memory and are sound; by zlib, piece by piece, where
/// not.
class GzipTextFiles final : public TextFiles {
 public:
  Result<FolderListing> list(const std::filesystem::path& root) override;
  Result<std::unique_ptr<TextStream>> open(const std::filesystem::path& file) override;
};

}  // namespace spotvane::adapters
