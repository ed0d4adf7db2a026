#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace spotvane::plot {

/// A mark on an axis of numbers.
struct NumberTick {
  double value;
  std::string label;
};

/// Round numbers that lie around [low, high], the first at or below it and the last at or above,
/// about `count` of them, with as many places as they need. `low` must be less than `high`.
std::vector<NumberTick> number_ticks(double low, double high, std::size_t count);

/// A mark on an axis of time.
struct TimeTick {
  TimePoint at;
  std::string label;    ///< "06:00", "08-01" or "2026-08"
  std::string context;  ///< what the labels from here on leave out, where it has changed: a date
};

/// Whole minutes, hours, days or months, UTC, within [from, to], at most `most` of them.
std::vector<TimeTick> time_ticks(TimePoint from, TimePoint to, std::size_t most);

}  // namespace spotvane::plot
