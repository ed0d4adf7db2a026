#include "base/money.hpp"

#include <cmath>
#include <limits>
#include <optional>

namespace spotvane {

namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kMostDollars = std::numeric_limits<std::int64_t>::max() / kMicros - 1;

/// Reads the digits after the point, to the nearest millionth.
std::optional<std::int64_t> read_fraction(std::string_view digits) {
  std::int64_t micros = 0;
  std::int64_t weight = kMicros / 10;
  bool rounds_up = false;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    if (weight > 0) {
      micros += (digit - '0') * weight;
    } else if (weight == 0) {
      rounds_up = digit >= '5';
      weight = -1;  // places beyond the seventh cannot change the nearest millionth
    }
    weight = weight > 0 ? weight / 10 : weight;
  }
  return micros + (rounds_up ? 1 : 0);
}

std::optional<std::int64_t> read_dollars(std::string_view digits) {
  std::int64_t dollars = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9' || dollars > kMostDollars / 10) {
      return std::nullopt;
    }
    dollars = dollars * 10 + (digit - '0');
  }
  return dollars <= kMostDollars ? std::optional{dollars} : std::nullopt;
}

}  // namespace

Money Money::from_dollars(double dollars) {
  return Money{static_cast<std::int64_t>(std::llround(dollars * static_cast<double>(kMicros)))};
}

Result<Money> Money::parse(std::string_view text) {
  auto rest = text;
  const bool is_negative = rest.starts_with('-');
  if (is_negative) {
    rest.remove_prefix(1);
  }
  const auto point = rest.find('.');
  const auto whole = rest.substr(0, point);
  const auto fraction =
      point == std::string_view::npos ? std::string_view{} : rest.substr(point + 1);
  const auto dollars = read_dollars(whole);
  const auto micros = read_fraction(fraction);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty()) || !dollars ||
      !micros) {
    return fail(ErrorKind::InvalidInput, "expected an amount such as '0.096', got '{}'", text);
  }
  const auto total = *dollars * kMicros + *micros;
  return Money{is_negative ? -total : total};
}

std::string to_text_six_places(Money money) {
  const auto micros = money.micros();
  const auto magnitude =
      micros < 0 ? 0U - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  return fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", magnitude / kMicros, magnitude % kMicros);
}

std::string to_text(Money money) {
  auto text = to_text_six_places(money);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) {
    text.pop_back();
  }
  return text;
}

}  // namespace spotvane
