#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace spotvane {

/// UTC, to the millisecond: the precision of the AWS API.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// As prices are counted: 90 minutes are 1.5.
inline double in_hours(Duration duration) {
  return static_cast<double>(duration.count()) / 3.6e6;
}

/// A UTC calendar day.
using Day = std::chrono::sys_days;

/// The UTC day a moment falls in.
inline Day day_of(TimePoint time) {
  return std::chrono::floor<std::chrono::days>(time);
}

/// A calendar month.
using Month = std::chrono::year_month;

inline Month month_of(Day day) {
  const std::chrono::year_month_day date{day};
  return date.year() / date.month();
}

/// "2026-08-01T12:00:00Z"; with milliseconds ("…00.250Z") only where they are not zero.
std::string to_iso8601(TimePoint time);

/// "2026-08-01".
std::string to_iso8601(Day day);

/// "2026-08".
std::string to_iso8601(Month month);

/// Reads "2026-08-01T12:00:00Z", "2026-08-01 12:00:00", either with a fraction of a second (cut to
/// milliseconds) and with 'Z', "+00:00"-style offsets or nothing (UTC) at the end; also
/// "2026-08-01". Fails with `InvalidInput`.
Result<TimePoint> parse_time(std::string_view text);

/// Reads "2026-08-01". Fails with `InvalidInput`.
Result<Day> parse_day(std::string_view text);

/// Reads "2026-08". Fails with `InvalidInput`.
Result<std::chrono::year_month> parse_month(std::string_view text);

/// Reads "250ms", "10m", "0.5h", or a sum ("1h30m"), to the millisecond, at most "36500d". Fails
/// with `InvalidInput`.
Result<Duration> parse_duration(std::string_view text);

/// The shortest of the forms `parse_duration` reads: "10m", "1h30m".
std::string to_text(Duration duration);

}  // namespace spotvane
