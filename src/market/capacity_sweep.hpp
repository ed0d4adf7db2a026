#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spotvane::market {

/// The largest target capacity that can be swept: what a row of the archive can hold.
inline constexpr int kLargestSweptCapacity = 32'767;

/// How large a target capacity a place was seen to score well for. Absent: never asked.
struct CapacityReach {
  std::optional<std::int16_t> t2 = {};  ///< largest capacity whose score was >= 2; 0: none was
  std::optional<std::int16_t> t3 = {};  ///< likewise >= 3

  friend bool operator==(const CapacityReach&, const CapacityReach&) = default;
};

/// What a score for one capacity of `sweep` (ascending) makes of what was known: one that is good
/// enough raises T3 (T2) to that capacity, a lower one drops it to the next smaller capacity of the
/// sweep, to 0 where there is none. A value that is no capacity of the sweep counts as unknown.
CapacityReach after_score(const CapacityReach& known, int score, int capacity,
                          std::span<const int> sweep);

/// The capacity of `sweep` (ascending) whose turn it is after `last`: the next larger one, after
/// the largest the smallest.
int next_capacity(std::span<const int> sweep, int last);

}  // namespace spotvane::market
