#pragma once

#include "ports/text_file_writer.hpp"

namespace spotvane::adapters {

/// Writes to the local file system; zlib compresses.
class GzipTextFileWriter final : public TextFileWriter {
 public:
  Result<void> claim_folder(const std::filesystem::path& folder) override;
  Result<void> write(const std::filesystem::path& file, std::string_view text) override;
};

}  // namespace spotvane::adapters
