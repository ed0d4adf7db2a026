#include "spotlake/score_columns.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::spotlake {

namespace {

constexpr std::array<std::string_view, 4> kScoreNames{"InstanceType", "Region", "SPS", "IF"};

/// How many `unit`s a cell says.
Result<std::optional<int>> parse_cell(std::string_view column, std::string_view text, double unit) {
  constexpr int kMost = 1'000;  // no score comes near it
  if (text.empty()) {
    return std::nullopt;
  }
  const auto value = parse_real(text);
  if (!value) {
    return fail(ErrorKind::InvalidInput, "{} '{}' is not a number", column, text);
  }
  if (*value == -1.0) {
    return std::nullopt;
  }
  const double units = *value / unit;
  if (units < 0 || units > kMost || units != std::floor(units)) {
    return fail(ErrorKind::InvalidInput, "{} '{}' makes no sense", column, text);
  }
  return static_cast<int>(units);
}

}  // namespace

Result<ScoreColumns> find_score_columns(const std::vector<std::string_view>& header) {
  ScoreColumns columns{.places = {}, .width = header.size()};
  for (std::size_t i = 0; i < kScoreNames.size(); ++i) {
    const auto found = std::find(header.begin(), header.end(), kScoreNames[i]);
    if (found == header.end()) {
      return fail(ErrorKind::Corrupt, "there is no column '{}'", kScoreNames[i]);
    }
    columns.places[i] = static_cast<std::size_t>(found - header.begin());
  }
  return columns;
}

Result<std::optional<int>> parse_sps(std::string_view text) {
  return parse_cell("SPS", text, 1.0);
}

Result<std::optional<int>> parse_interruption(std::string_view text) {
  return parse_cell("IF", text, 0.5);
}

}  // namespace spotvane::spotlake
