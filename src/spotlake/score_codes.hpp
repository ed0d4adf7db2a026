#pragma once

#include "spotlake/pool_sums.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spotvane::spotlake {

/// A cell that scores need, as a small number: values stand for themselves (an IF score for twice
/// itself).
using ScoreCode = std::uint8_t;

constexpr ScoreCode kMissing = 32;
constexpr ScoreCode kUnusual = 33;  ///< to be looked at more closely

/// What a code adds to the sums of its pool.
constexpr auto kSteps = [] {
  std::array<Sums, kMissing + 1> steps{};
  for (std::int64_t value = 0; value < kMissing; ++value) {
    steps[static_cast<std::size_t>(value)] = {1, value, value * value, 0};
  }
  return steps;
}();

constexpr bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

constexpr ScoreCode code_of_rarer(std::string_view text) {
  return text.empty() || text == "-1" || text == "-1.0" ? kMissing : kUnusual;
}

constexpr ScoreCode code_of_sps(std::string_view text) {
  if (text.size() == 1 && is_digit(text[0])) {
    return static_cast<ScoreCode>(text[0] - '0');
  }
  return text == "10" ? ScoreCode{10} : code_of_rarer(text);
}

constexpr ScoreCode code_of_interruption(std::string_view text) {
  if (text.size() == 3 && is_digit(text[0]) && text[1] == '.' &&
      (text[2] == '0' || text[2] == '5')) {
    return static_cast<ScoreCode>(2 * (text[0] - '0') + (text[2] == '5' ? 1 : 0));
  }
  return code_of_rarer(text);
}

/// What a row adds to its pool.
struct RowCodes {
  ScoreCode sps = kMissing;
  ScoreCode interruption = kMissing;

  bool are_usual() const { return sps != kUnusual && interruption != kUnusual; }
};

inline void add(PoolRecord& record, RowCodes codes) {
  add(record.sps, kSteps[codes.sps]);
  add(record.interruption, kSteps[codes.interruption]);
}

inline void add(PoolRecord& record, RowCodes codes, std::int64_t times) {
  for (std::size_t i = 0; i < Sums{}.size(); ++i) {
    record.sps[i] += times * kSteps[codes.sps][i];
    record.interruption[i] += times * kSteps[codes.interruption][i];
  }
}

}  // namespace spotvane::spotlake
