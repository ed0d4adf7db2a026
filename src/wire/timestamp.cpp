#include "wire/timestamp.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>

namespace spotvane::wire {

namespace {

// Not the C library's names, which follow the locale.
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};

std::chrono::sys_seconds to_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace

std::string to_timestamp(TimePoint time) {
  const auto whole = to_seconds(time);
  return fmt::format("{:%FT%T}.{:03}Z", whole, (time - whole).count());
}

std::string to_amz_date(TimePoint time) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", to_seconds(time));
}

Result<TimePoint> parse_amz_date(std::string_view text) {
  constexpr std::string_view kShape = "YYYYMMDDTHHMMSSZ";
  if (text.size() == kShape.size() && text[8] == 'T' && text[15] == 'Z') {
    const auto time = parse_time(
        fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                    text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)));
    if (time) {
      return *time;
    }
  }
  return fail(ErrorKind::InvalidInput, "expected a time such as '20260801T120000Z', got '{}'",
              text);
}

std::string to_http_date(TimePoint time) {
  const std::chrono::year_month_day date{day_of(time)};
  const std::chrono::weekday weekday{day_of(time)};
  return fmt::format("{}, {:02} {} {} {:%T} GMT", kWeekdays[weekday.c_encoding()],
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), to_seconds(time));
}

Result<TimePoint> parse_http_date(std::string_view text) {
  constexpr std::string_view kShape = "Sat, 01 Aug 2026 12:00:00 GMT";
  if (text.size() == kShape.size() && text.ends_with(" GMT")) {
    const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    const auto time =
        parse_time(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month - kMonths.begin() + 1,
                               text.substr(5, 2), text.substr(17, 8)));
    if (time) {
      return *time;
    }
  }
  return fail(ErrorKind::InvalidInput,
              "expected a time such as 'Sat, 01 Aug 2026 12:00:00 GMT', got '{}'", text);
}

}  // namespace spotvane::wire
