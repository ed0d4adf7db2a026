#pragma once

#include "policy/fleet.hpp"

#include <functional>
#include <string_view>

namespace spotvane::job {

/// What measuring the types that nobody measured may use.
struct CalibrationLimits {
  Money most;      ///< for workers, in all
  Duration grace;  ///< from a worker's launch to its report
};

/// Launches one worker of each type that was never measured, and not tried in vain, the cheapest
/// types first, as long as the dearest course of all of them is within the limits. None once there
/// is nothing left to launch and nothing to wait for: then the types are measured as far as they
/// will be.
///
/// `was_tried` says whether the type is not to be tried once more: a worker of it is there, too
/// many were lost before they reported, or nobody would launch one.
std::optional<policy::FleetDecision> calibrate(
    const policy::FleetJob& job, const policy::FleetObservation& seen,
    const CalibrationLimits& limits, const std::function<bool(std::string_view type)>& was_tried);

}  // namespace spotvane::job
