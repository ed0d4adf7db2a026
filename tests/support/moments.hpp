#pragma once
#include "base/time.hpp"

namespace spotvane {

/// The day most tests live in.
inline constexpr TimePoint kMidnight = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
inline constexpr TimePoint kNoon = kMidnight + std::chrono::hours{12};

/// Where the simulated market begins in the tests of its numbers.
inline constexpr TimePoint kMarketStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

}  // namespace spotvane
