#pragma once

#include "policy/policy.hpp"

#include <optional>

namespace spotvane::policy {

/// How much time there is, and how much is needed, in whole intervals.
///
/// As "Can't Be Late" (NSDI'24) rounds: what is left of the time down, what is needed up.
struct Schedule {
  Schedule(const Job& job, const Observation& seen, Duration now);

  Duration time_left;
  Duration need_one;  ///< the work that is left, and one change-over
  Duration need_two;  ///< the work that is left, and two

  bool is_last_point() const { return need_one >= time_left; }
  bool needs_safety_net() const { return need_two >= time_left; }
};

/// Where spot is to be had: in the zone the job is in on spot, else in the cheapest that offers it.
std::optional<Placement> nearest_spot(const Observation& seen);

/// Like `nearest_spot`, but in `last_choice` only where no other zone offers spot.
std::optional<Placement> nearest_spot(const Observation& seen,
                                      std::optional<std::uint16_t> last_choice);

/// Whether the current instance is one of spot that has started to work.
bool works_on_spot(const Observation& seen);

inline constexpr Placement kOnDemand{.mode = Mode::OnDemand};
inline constexpr Placement kNone{};

}  // namespace spotvane::policy
