#pragma once

#include "guard/fleet_rule.hpp"
#include "ports/fleets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::guard {

/// A change of a fleet's target, as it is remembered.
struct TargetChange {
  TimePoint at;
  int from = 0;
  int to = 0;
  bool is_done = false;  ///< else it is not known whether AWS has heard of it

  friend bool operator==(const TargetChange&, const TargetChange&) = default;
};

/// "2026-08-01T12:00:00Z 24 40 done", and back; none where it is no such text.
std::string to_text(const TargetChange& change);
std::optional<TargetChange> parse_target_change(std::string_view text);

/// Why a fleet's target is changed or left.
enum class StepReason : std::uint8_t {
  Step,      ///< the alarm asks for it
  Resume,    ///< a step was begun, and AWS does not have it
  Calm,      ///< the alarm is not in alarm
  Cooldown,  ///< the latest step is too fresh
  AtLimit,   ///< it is as high or low as the rule lets it be
};

std::string_view to_text(StepReason reason);

/// What is to become of a fleet's target.
struct ScalingStep {
  StepReason reason = StepReason::Calm;
  std::optional<int> target = {};  ///< to set; none: leave it

  friend bool operator==(const ScalingStep&, const ScalingStep&) = default;
};

/// The next step of a fleet whose target is `target`, given the latest one that was begun.
ScalingStep next_step(const ScalingRule& rule, AlarmState alarm, int target,
                      const std::optional<TargetChange>& latest, TimePoint now);

}  // namespace spotvane::guard
