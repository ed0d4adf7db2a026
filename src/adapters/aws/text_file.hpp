#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>

namespace spotvane::adapters {

/// The whole text of a small file: a configuration, a token. Fails with `InvalidInput`, naming it.
Result<std::string> read_text_file(const std::filesystem::path& path);

}  // namespace spotvane::adapters
