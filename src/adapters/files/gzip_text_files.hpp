#pragma once

#include "ports/text_files.hpp"

namespace spotvane::adapters {

/// Text files of the local file system; zlib reads the compressed ones.
class GzipTextFiles final : public TextFiles {
 public:
  Result<std::vector<std::filesystem::path>> list(const std::filesystem::path& root) override;
  Result<void> read(const std::filesystem::path& file,
                    const std::function<void(std::string_view)>& on_text) override;
};

}  // namespace spotvane::adapters
