#include "base/number.hpp"

#include <charconv>
#include <cmath>

namespace spotvane {

Result<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || end != last) {
    return fail(ErrorKind::InvalidInput, "expected a whole number, got '{}'", text);
  }
  return value;
}

Result<double> parse_real(std::string_view text) {
  double value = 0.0;
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || end != last || !std::isfinite(value)) {
    return fail(ErrorKind::InvalidInput, "expected a number, got '{}'", text);
  }
  return value;
}

}  // namespace spotvane
