#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace spotvane::lab {

/// Unpacks an .xz file. Fails with `Corrupt`.
Result<std::string> unpack_xz(std::string_view packed);

}  // namespace spotvane::lab
