#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace spotvane::policy {

/// How many of each kind to take so that the sum of values is greatest, the sum of weights at most
/// `weight_limit` and the number at most `nodes`. Values and weights may be negative.
struct FleetProgram {
  struct Kind {
    double value;
    double weight;
    int most;
  };
  std::vector<Kind> kinds;
  double weight_limit;
  int nodes;
};

struct FleetCounts {
  std::vector<int> counts;  ///< by kind
  double value;
  bool is_proved = true;  ///< the greatest there is; else the best of a search cut short
};

/// Solves the program in whole numbers, by branch and bound. The sum of weights is within a 1e-9th
/// of what it is made of; the value within a 1e-9th of the greatest. None where nothing is within
/// the limits. After `kMostNodes` of the search it returns the best it has, unproved: no case is
/// known that comes near.
std::optional<FleetCounts> solve(const FleetProgram& program);

inline constexpr std::size_t kMostNodes = 200'000;

}  // namespace spotvane::policy
