#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace spotvane {

/// United States dollars, exact to a millionth: the six decimal places AWS prices spot with.
class Money {
 public:
  constexpr Money() = default;

  static constexpr Money from_micros(std::int64_t micros) { return Money{micros}; }

  /// Rounds to the nearest millionth, halves away from zero. `dollars` must be finite.
  static Money from_dollars(double dollars);

  /// Reads a plain decimal such as "0.096" or "-1.5"; further places than six are rounded.
  /// Fails with `InvalidInput` on anything else (exponents, "inf", spaces, nothing).
  static Result<Money> parse(std::string_view text);

  constexpr std::int64_t micros() const { return micros_; }
  constexpr double dollars() const { return static_cast<double>(micros_) / 1e6; }

  friend constexpr Money operator+(Money a, Money b) { return Money{a.micros_ + b.micros_}; }
  friend constexpr Money operator-(Money a, Money b) { return Money{a.micros_ - b.micros_}; }
  friend constexpr bool operator==(Money, Money) = default;
  friend constexpr std::strong_ordering operator<=>(Money, Money) = default;

 private:
  explicit constexpr Money(std::int64_t micros) : micros_{micros} {}

  std::int64_t micros_ = 0;
};

/// "0.096", "12.5", "0": no more places than needed, never an exponent.
std::string to_text(Money money);

/// Always six places, as AWS writes spot prices: "0.096000".
std::string to_text_six_places(Money money);

}  // namespace spotvane
