#include "guard/scaling_step.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <algorithm>

namespace spotvane::guard {

std::string to_text(const TargetChange& change) {
  return fmt::format("{} {} {} {}", to_iso8601(change.at), change.from, change.to,
                     change.is_done ? "done" : "begun");
}

std::optional<TargetChange> parse_target_change(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.size() != 4) {
    return std::nullopt;
  }
  const auto at = parse_time(words[0]);
  const auto from = parse_integer(words[1]);
  const auto to = parse_integer(words[2]);
  if (!at || !from || !to) {
    return std::nullopt;
  }
  return TargetChange{*at, static_cast<int>(*from), static_cast<int>(*to), words[3] == "done"};
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
  }
  return "";
}

ScalingStep next_step(const ScalingRule& rule, AlarmState alarm, int target,
                      const std::optional<TargetChange>& latest, TimePoint now) {
  if (latest && !latest->is_done && target == latest->from) {
    return {StepReason::Resume, latest->to};
  }
  if (alarm != AlarmState::Alarm) {
    return {StepReason::Calm};
  }
  if (latest && now - latest->at < rule.cooldown) {
    return {StepReason::Cooldown};
  }
  // A target that is beyond the rule's bounds already was somebody else's wish: it is not taken
  // back.
  const auto wanted = rule.step > 0 ? std::min(target + rule.step, std::max(rule.most, target))
                                    : std::max(target + rule.step, std::min(rule.least, target));
  return wanted == target ? ScalingStep{StepReason::AtLimit}
                          : ScalingStep{StepReason::Step, wanted};
}

}  // namespace spotvane::guard
