#pragma once

#include <string_view>

namespace spotvane::cli {

/// "0.1.0".
std::string_view version();

}  // namespace spotvane::cli
