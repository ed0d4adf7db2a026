#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::guard {

/// When a fleet is to leave spot altogether for a while.
struct FallbackRule {
  int interruptions = 0;  ///< so many within `window` begin it; 0: never
  Duration window = std::chrono::minutes{10};
  int calm = 0;                              ///< it ends with at most so many within `window`,
  Duration hold = std::chrono::minutes{30};  ///< and not before it has lasted so long
  double share = 1.0;  ///< of the fleet's target that on-demand servers cover meanwhile
};

/// A spot fleet, and the Auto Scaling group that stands in for what it lacks.
struct FleetRule {
  std::string fleet_id;
  std::string region;
  std::string group;              ///< empty: hosts are drained, nothing stands in
  double units_per_server = 1.0;  ///< of the fleet's capacity, by one of the group's servers
  /// After a change of the fleet's own target spot may yet cover it.
  Duration settles_within = std::chrono::minutes{10};
  FallbackRule fallback = {};
};

/// What a step's number is of.
enum class AdjustBy : std::uint8_t {
  Units,    ///< added to the fleet's target
  Percent,  ///< of the target, added to it
  Exact,    ///< the target itself
};

/// A step for metrics that are so far beyond their alarm's threshold: from `lower` to `upper`, of
/// which the one that is nearer to the threshold belongs to it. None: without end.
struct StepBand {
  std::optional<double> lower = {};
  std::optional<double> upper = {};
  double adjustment = 0;
};

/// By how much a fleet's target changes while an alarm lasts.
struct ScalingRule {
  std::string alarm;  ///< CloudWatch's name of it
  std::string fleet_id;
  std::string region;
  int step = 0;                                 ///< units of the fleet's; negative: down
  std::vector<StepBand> steps = {};             ///< in its place: by how far the metric is
  AdjustBy adjust_by = AdjustBy::Units;         ///< of `steps`
  int least_change = 0;                         ///< of a step in per cent: no fewer units
  Duration cooldown = std::chrono::minutes{5};  ///< since the fleet's latest step, of any rule
  int least = 0;
  int most = 10'000;
};

/// All that an operator decides.
struct Rules {
  std::vector<FleetRule> fleets = {};
  std::vector<ScalingRule> scalings = {};
  std::vector<std::string> clusters = {};  ///< to look for hosts in that no message places
  std::string region = {};                 ///< of events that name none
  bool is_dry_run = false;
};

}  // namespace spotvane::guard
