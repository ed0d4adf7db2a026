#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace spotvane {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// What a year of four digits can say is from the one up to the other; an offset may lead out of
/// it.
constexpr TimePoint kFirstMoment = Day{std::chrono::year{0} / 1 / 1};
constexpr TimePoint kNoMoment = Day{std::chrono::year{10'000} / 1 / 1};

/// Takes a run of exactly `width` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) {
    return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + width, value);
  if (error != std::errc{} || end != text.data() + width || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<Day> take_day(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) {
    return std::nullopt;
  }
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) {
    return std::nullopt;
  }
  const auto day = take_digits(text, 2);
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional{Day{date}} : std::nullopt;
}

/// "12:00:00" with an optional fraction, cut to milliseconds.
std::optional<milliseconds> take_clock(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) {
    return std::nullopt;
  }
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) {
    return std::nullopt;
  }
  const auto second = take_digits(text, 2);
  if (!second || *second > 60) {
    return std::nullopt;
  }
  int thousandths = 0;
  if (take(text, '.')) {
    int weight = 100;
    if (text.empty() || text.front() < '0' || text.front() > '9') {
      return std::nullopt;
    }
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
      thousandths += (text.front() - '0') * weight;
      weight /= 10;
    }
  }
  return hours{*hour} + minutes{*minute} + seconds{*second} + milliseconds{thousandths};
}

/// "Z", "+00:00", "-05:30" or nothing: how far local time is ahead of UTC.
std::optional<minutes> take_offset(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) {
    return minutes{0};
  }
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) {
    return std::nullopt;
  }
  const auto hour = take_digits(text, 2);
  take(text, ':');
  const auto minute = take_digits(text, 2);
  if (!hour || !minute) {
    return std::nullopt;
  }
  return sign * (hours{*hour} + minutes{*minute});
}

std::optional<TimePoint> read_time(std::string_view text) {
  const auto day = take_day(text);
  if (!day) {
    return std::nullopt;
  }
  if (text.empty()) {
    return TimePoint{*day};
  }
  if (!take(text, 'T') && !take(text, ' ')) {
    return std::nullopt;
  }
  const auto clock = take_clock(text);
  if (!clock) {
    return std::nullopt;
  }
  const auto ahead = take_offset(text);
  if (!ahead || !text.empty()) {
    return std::nullopt;
  }
  const auto time = TimePoint{*day} + *clock - *ahead;
  return time >= kFirstMoment && time < kNoMoment ? std::optional{time} : std::nullopt;
}

/// A century: the loop's timers count nanoseconds in 64 bits.
constexpr Duration kLongestDuration = days{36'500};

struct Unit {
  std::string_view name;
  milliseconds length;
};

// Longest first, so that "ms" is not read as "m" and `to_text` starts with the largest.
constexpr std::array kUnits{Unit{"ms", milliseconds{1}}, Unit{"d", days{1}}, Unit{"h", hours{1}},
                            Unit{"m", minutes{1}}, Unit{"s", seconds{1}}};

}  // namespace

// Not by fmt's chrono: it counts in nanoseconds, which 64 bits hold from 1677 to 2262 only.
std::string to_iso8601(TimePoint time) {
  const auto day = floor<days>(time);
  const std::chrono::hh_mm_ss clock{time - day};
  const auto text = fmt::format("{}T{:02}:{:02}:{:02}", to_iso8601(day), clock.hours().count(),
                                clock.minutes().count(), clock.seconds().count());
  const auto fraction = clock.subseconds().count();
  return fraction == 0 ? text + 'Z' : fmt::format("{}.{:03}Z", text, fraction);
}

std::string to_iso8601(Day day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string to_iso8601(Month month) {
  return to_iso8601(Day{month / 1}).substr(0, std::string_view{"2026-08"}.size());
}

Result<TimePoint> parse_time(std::string_view text) {
  const auto time = read_time(text);
  if (!time) {
    return fail(ErrorKind::InvalidInput, "expected a time such as '2026-08-01T12:00:00Z', got '{}'",
                text);
  }
  return *time;
}

Result<Day> parse_day(std::string_view text) {
  auto rest = text;
  const auto day = take_day(rest);
  if (!day || !rest.empty()) {
    return fail(ErrorKind::InvalidInput, "expected a day such as '2026-08-01', got '{}'", text);
  }
  return *day;
}

Result<std::chrono::year_month> parse_month(std::string_view text) {
  const auto day = text.size() == 7 ? parse_day(fmt::format("{}-01", text)) : parse_day("");
  if (!day) {
    return fail(ErrorKind::InvalidInput, "expected a month such as '2026-08', got '{}'", text);
  }
  const std::chrono::year_month_day date{*day};
  return date.year() / date.month();
}

namespace {

/// Takes ".2" off the front: 0.2. Zero where no point is there, none where no digit follows it.
std::optional<double> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) {
    return 0.0;
  }
  text.remove_prefix(1);
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  double part = 0.0;
  for (auto i = digits; i > 0; --i) {
    part = (part + (text[i - 1] - '0')) / 10;
  }
  text.remove_prefix(digits);
  return digits > 0 ? std::optional{part} : std::nullopt;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorKind::InvalidInput, "expected a duration such as '10m' or '1h30m', got '{}'",
                text);
  };
  auto rest = text;
  Duration total{0};
  if (rest.empty()) {
    return bad();
  }
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc{} || count < 0 || count > 1'000'000'000) {
      return bad();
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto part = take_fraction(rest);
    const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const Unit& one) { return rest.starts_with(one.name); });
    if (!part || unit == kUnits.end()) {
      return bad();
    }
    rest.remove_prefix(unit->name.size());
    total += count * unit->length +
             Duration{std::llround(*part * static_cast<double>(unit->length.count()))};
    if (total > kLongestDuration) {
      return bad();
    }
  }
  return total;
}

std::string to_text(Duration duration) {
  if (duration.count() == 0) {
    return "0s";
  }
  std::string text = duration.count() < 0 ? "-" : "";
  auto rest = duration.count() < 0 ? -duration : duration;
  for (const auto* name : {"d", "h", "m", "s", "ms"}) {
    const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const Unit& one) { return one.name == name; });
    if (const auto count = rest / unit->length; count > 0) {
      text += fmt::format("{}{}", count, name);
      rest -= count * unit->length;
    }
  }
  return text;
}

}  // namespace spotvane
