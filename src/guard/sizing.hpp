#pragma once

#include "guard/fleet_rule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::guard {

/// A host that AWS has said it takes.
struct DoomedHost {
  std::string instance_id;
  double weight = 0.0;  ///< what it counts for in the fleet
  TimePoint told;
  TimePoint ends;

  friend bool operator==(const DoomedHost&, const DoomedHost&) = default;
};

/// What AWS says of a fleet now. What could not be had is unknown, never 0.
struct FleetView {
  std::optional<double> target = {};     ///< the fleet's own description
  std::optional<double> fulfilled = {};  ///< likewise
  /// Instances it still counts; unknown: those doomed count until their end.
  std::optional<std::vector<std::string>> instances = {};
  std::optional<double> pending_metric = {};  ///< CloudWatch's, newest within 5 minutes
  /// Each minute's maximum of the target within the time a fleet settles in.
  std::optional<std::vector<double>> recent_targets = {};
};

/// What AWS says of an Auto Scaling group now.
struct GroupView {
  int desired = 0;
  int least = 0;
  int most = 0;
};

/// Whether a fleet has left spot, and since when.
struct FallbackState {
  bool is_on = false;
  TimePoint since = {};

  friend bool operator==(const FallbackState&, const FallbackState&) = default;
};

/// Why a group is left or set as it is.
enum class SizingReason : std::uint8_t {
  Raise,            ///< servers are missing
  Lower,            ///< there are more than needed
  Enough,           ///< it is as it should be
  NoGroup,          ///< no group stands in for the fleet
  CapacityUnknown,  ///< nobody says what the fleet has
  JustScaled,       ///< somebody has just changed the fleet's target
  ScalingUnknown,   ///< nobody says whether somebody has
  GroupUnknown,     ///< the group does not exist, or could not be asked for
};

std::string_view to_text(SizingReason reason);

/// What is to become of a group.
struct Sizing {
  SizingReason reason = SizingReason::Enough;
  double gap = 0.0;  ///< capacity that is missing, or about to be
  int needed = 0;    ///< servers that would fill it, before the group's limits
  bool is_clamped = false;
  std::optional<int> desired = {};  ///< to set; none: leave it
  bool honors_cooldown = false;

  friend bool operator==(const Sizing&, const Sizing&) = default;
};

/// How many servers the group should have: as many as fill what the fleet lacks of its target and
/// what it is about to lose; in fallback at least as many as cover the rule's share of the target.
///
/// More are set at once, fewer only as the group's cooldown allows.
Sizing size_group(const FleetRule& rule, const FleetView& fleet,
                  const std::optional<GroupView>& group, const std::vector<DoomedHost>& doomed,
                  const FallbackState& fallback, TimePoint now);

/// Whether the fleet is in fallback from now on, given when it was interrupted.
FallbackState next_fallback(const FallbackRule& rule, const FallbackState& state,
                            const std::vector<TimePoint>& interruptions, TimePoint now);

/// What an instance counts for where nobody knows better: the founding guess by the type's name.
double guessed_weight(std::string_view instance_type);

}  // namespace spotvane::guard
