#pragma once

#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace spotvane::spotlake {

/// The columns of a snapshot that scores need.
enum class ScoreColumn : std::uint8_t { Type, Region, Sps, Interruption };

/// Where they are in one file.
struct ScoreColumns {
  std::array<std::size_t, 4> places{};
  std::size_t width = 0;  ///< columns there are in all

  std::size_t operator[](ScoreColumn column) const {
    return places[static_cast<std::size_t>(column)];
  }

  friend bool operator==(const ScoreColumns&, const ScoreColumns&) = default;
};

/// Finds them by name: "InstanceType", "Region", "SPS", "IF". Fails with `Corrupt`, naming the
/// first that is not there.
Result<ScoreColumns> find_score_columns(const std::vector<std::string_view>& header);

/// A placement score. Nothing where it is missing: empty or -1. Fails with `InvalidInput`.
Result<std::optional<int>> parse_sps(std::string_view text);

/// Twice an interruption frequency score, which is a multiple of a half.
Result<std::optional<int>> parse_interruption(std::string_view text);

}  // namespace spotvane::spotlake
