#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace spotvane {

/// Reads a whole number, all of `text`. Fails with `InvalidInput`, naming the text.
Result<std::int64_t> parse_integer(std::string_view text);

/// Reads a finite decimal number, all of `text`. Fails with `InvalidInput`, naming the text.
Result<double> parse_real(std::string_view text);

}  // namespace spotvane
