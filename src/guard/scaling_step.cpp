#include "guard/scaling_step.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::guard {

std::string to_text(const TargetChange& change) {
  return fmt::format("{} {} {} {}{}", to_iso8601(change.at), change.from, change.to,
                     change.is_done ? "done" : "begun",
                     change.base ? fmt::format(" {}", *change.base) : "");
}

std::optional<TargetChange> parse_target_change(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.size() != 4 && words.size() != 5) {
    return std::nullopt;
  }
  const auto at = parse_time(words[0]);
  const auto from = parse_integer(words[1]);
  const auto to = parse_integer(words[2]);
  if (!at || !from || !to) {
    return std::nullopt;
  }
  TargetChange change{.at = *at,
                      .from = static_cast<int>(*from),
                      .to = static_cast<int>(*to),
                      .is_done = words[3] == "done"};
  if (words.size() == 5) {
    const auto base = parse_integer(words[4]);
    if (!base) {
      return std::nullopt;
    }
    change.base = static_cast<int>(*base);
  }
  return change;
}

std::string_view to_text(StepReason reason) {
  switch (reason) {
    case StepReason::Step:
      return "step";
    case StepReason::Resume:
      return "resume";
    case StepReason::Calm:
      return "calm";
    case StepReason::Cooldown:
      return "cooldown";
    case StepReason::AtLimit:
      return "at-limit";
    case StepReason::NoStep:
      return "no-step";
    case StepReason::NoValue:
      return "no-value";
  }
  return "";
}

Result<void> check_steps(const std::vector<StepBand>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& one = steps[i];
    if (one.lower && one.upper && *one.lower >= *one.upper) {
      return fail(ErrorKind::InvalidInput, "a step must end above where it begins, got {} to {}",
                  *one.lower, *one.upper);
    }
    if (i > 0 && (!one.lower || !steps[i - 1].upper || *one.lower != *steps[i - 1].upper)) {
      return fail(ErrorKind::InvalidInput,
                  "each step must begin where the one before it ends, step {} does not", i + 1);
    }
  }
  return {};
}

namespace {

/// Of the two bounds the one that is nearer to the threshold is the step's own.
bool is_within(const StepBand& step, double beyond) {
  const bool is_above = beyond >= 0;
  const bool is_from = !step.lower || (is_above ? beyond >= *step.lower : beyond > *step.lower);
  const bool is_to = !step.upper || (is_above ? beyond < *step.upper : beyond <= *step.upper);
  return is_from && is_to;
}

/// As AWS rounds: towards the target as it is, but for a change of less than one unit.
int change_by_percent(const ScalingRule& rule, int target, double percent) {
  const auto exact = target * percent / 100;
  const auto sign = exact < 0 ? -1 : 1;
  const auto units = std::max(1, static_cast<int>(std::abs(exact)));
  return exact == 0 ? 0 : sign * std::max(units, rule.least_change);
}

int wanted_by(const ScalingRule& rule, double adjustment, int target) {
  constexpr double kMost = 1e6;
  const auto bounded = std::clamp(adjustment, -kMost, kMost);
  switch (rule.adjust_by) {
    case AdjustBy::Units:
      return target + static_cast<int>(bounded);
    case AdjustBy::Percent:
      return target + change_by_percent(rule, target, bounded);
    case AdjustBy::Exact:
      return static_cast<int>(bounded);
  }
  return target;
}

/// A target that is beyond the rule's bounds already was somebody else's wish: it is not taken
/// back.
int within_bounds(const ScalingRule& rule, int wanted, int target) {
  return wanted > target ? std::min(wanted, std::max(rule.most, target))
                         : std::max(wanted, std::min(rule.least, target));
}

ScalingStep step_by(const ScalingRule& rule, double adjustment, int target,
                    const std::optional<TargetChange>& latest, TimePoint now) {
  auto wanted = wanted_by(rule, adjustment, target);
  std::optional<int> base;
  if (latest && now - latest->at < rule.cooldown) {
    const bool went_up = latest->to > latest->from;
    if (wanted > target && went_up) {
      base = latest->base.value_or(latest->from);
      wanted = wanted_by(rule, adjustment, *base);
    }
    if (wanted <= target) {
      return {StepReason::Cooldown};
    }
  }
  wanted = within_bounds(rule, wanted, target);
  return wanted == target ? ScalingStep{StepReason::AtLimit}
                          : ScalingStep{StepReason::Step, wanted, base};
}

}  // namespace

ScalingStep next_step(const ScalingRule& rule, const AlarmReading& alarm, int target,
                      const std::optional<TargetChange>& latest, TimePoint now) {
  if (latest && !latest->is_done && target == latest->from) {
    return {StepReason::Resume, latest->to, latest->base};
  }
  if (alarm.state != AlarmState::Alarm) {
    return {StepReason::Calm};
  }
  if (rule.steps.empty()) {
    return step_by(rule, rule.step, target, latest, now);
  }
  if (!alarm.value || !alarm.threshold) {
    return {StepReason::NoValue};
  }
  const auto step = std::find_if(rule.steps.begin(), rule.steps.end(), [&](const StepBand& one) {
    return is_within(one, *alarm.value - *alarm.threshold);
  });
  return step == rule.steps.end() ? ScalingStep{StepReason::NoStep}
                                  : step_by(rule, step->adjustment, target, latest, now);
}

}  // namespace spotvane::guard
