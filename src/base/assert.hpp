#pragma once

#include <string_view>

namespace spotvane {

/// Says what was broken where, and ends the program. For mistakes of ours, never of the world's.
[[noreturn]] void assertion_failed(std::string_view condition, std::string_view file, int line);

}  // namespace spotvane

/// Stays on in every build.
#define SPOTVANE_ASSERT(condition)    \
  ((condition) ? static_cast<void>(0) \
               : ::spotvane::assertion_failed(#condition, __FILE__, __LINE__))
