#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace spotvane::cli {

/// An empty folder of a demo's own. Replaces what an earlier demo left, and nothing else: fails
/// with `InvalidInput` where the folder is somebody's, and with `Storage`.
Result<void> make_demo_folder(const std::filesystem::path& folder);

}  // namespace spotvane::cli
