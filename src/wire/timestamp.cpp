#include "wire/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace spotvane::wire {

namespace {

// Not the C library's names, which follow the locale.
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};

/// "2026-08-01T12:00:00", whatever the fraction.
std::string whole_seconds(TimePoint time) {
  auto text = to_iso8601(std::chrono::floor<std::chrono::seconds>(time));
  text.pop_back();
  return text;
}

}  // namespace

std::string to_timestamp(TimePoint time) {
  const auto fraction = time - std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:03}Z", whole_seconds(time), fraction.count());
}

std::string to_amz_date(TimePoint time) {
  auto text = whole_seconds(time);
  std::erase_if(text, [](char letter) { return letter == '-' || letter == ':'; });
  return text + 'Z';
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
  const auto clock = whole_seconds(time).substr(std::string_view{"2026-08-01T"}.size());
  return fmt::format(
      "{}, {:02} {} {} {} GMT", kWeekdays[weekday.c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()), clock);
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
