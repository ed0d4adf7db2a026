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
  /// The target before the first of the steps up that followed each other within their cooldown;
  /// none: `from`.
  std::optional<int> base = {};

  friend bool operator==(const TargetChange&, const TargetChange&) = default;
};

/// "2026-08-01T12:00:00Z 24 40 done", with its base where it has one, and back; none where it is no
/// such text.
std::string to_text(const TargetChange& change);
std::optional<TargetChange> parse_target_change(std::string_view text);

/// Why a fleet's target is changed or left.
enum class StepReason : std::uint8_t {
  Step,      ///< the alarm asks for it
  Resume,    ///< a step was begun, and AWS does not have it
  Calm,      ///< the alarm is not in alarm
  Cooldown,  ///< the latest step is too fresh
  AtLimit,   ///< it is as high or low as the rule lets it be
  NoStep,    ///< none of the rule's steps is for a metric that is so far beyond the threshold
  NoValue,   ///< it is not known how far that is
};

std::string_view to_text(StepReason reason);

/// What is to become of a fleet's target.
struct ScalingStep {
  StepReason reason = StepReason::Calm;
  std::optional<int> target = {};  ///< to set; none: leave it
  std::optional<int> base = {};    ///< as `TargetChange` has it

  friend bool operator==(const ScalingStep&, const ScalingStep&) = default;
};

/// Fails with `InvalidInput` where steps overlap, leave a gap, or have no order.
Result<void> check_steps(const std::vector<StepBand>& steps);

/// The next step of a fleet whose target is `target`, given the latest one that was begun.
///
/// As Application Auto Scaling has it: within the cooldown nothing goes down; up goes at once what
/// went down last, and what went up already counts for what the alarm asks for now.
ScalingStep next_step(const ScalingRule& rule, const AlarmReading& alarm, int target,
                      const std::optional<TargetChange>& latest, TimePoint now);

}  // namespace spotvane::guard
