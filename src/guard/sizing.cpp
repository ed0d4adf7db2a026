#include "guard/sizing.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::guard {

namespace {

/// Weights are decimals that binary numbers only come near to: so much less is a whole server.
constexpr double kRounding = 1e-9;

/// What the fleet counts as its own and is about to lose.
double doomed_weight(const FleetView& fleet, const std::vector<DoomedHost>& doomed, TimePoint now) {
  double weight = 0.0;
  for (const auto& host : doomed) {
    const bool counts = fleet.instances
                            ? std::find(fleet.instances->begin(), fleet.instances->end(),
                                        host.instance_id) != fleet.instances->end()
                            : now < host.ends;
    weight += counts ? host.weight : 0.0;
  }
  return weight;
}

std::optional<double> gap_of(const FleetView& fleet, const std::vector<DoomedHost>& doomed,
                             TimePoint now) {
  const auto going = doomed_weight(fleet, doomed, now);
  if (fleet.target && fleet.fulfilled) {
    return std::max(0.0, *fleet.target - *fleet.fulfilled + going);
  }
  if (fleet.pending_metric) {
    return std::max(0.0, *fleet.pending_metric + going);
  }
  return std::nullopt;
}

bool has_changed(const std::vector<double>& targets) {
  return std::adjacent_find(targets.begin(), targets.end(), std::not_equal_to<>{}) != targets.end();
}

Sizing unsized(SizingReason reason, double gap = 0.0) {
  return {.reason = reason, .gap = gap};
}

}  // namespace

std::string_view to_text(SizingReason reason) {
  switch (reason) {
    case SizingReason::Raise:
      return "raise";
    case SizingReason::Lower:
      return "lower";
    case SizingReason::Enough:
      return "enough";
    case SizingReason::NoGroup:
      return "no-group";
    case SizingReason::CapacityUnknown:
      return "capacity-unknown";
    case SizingReason::JustScaled:
      return "just-scaled";
    case SizingReason::ScalingUnknown:
      return "scaling-unknown";
    case SizingReason::GroupUnknown:
      return "group-unknown";
  }
  return "";
}

Sizing size_group(const FleetRule& rule, const FleetView& fleet,
                  const std::optional<GroupView>& group, const std::vector<DoomedHost>& doomed,
                  const FallbackState& fallback, TimePoint now) {
  if (rule.group.empty()) {
    return unsized(SizingReason::NoGroup);
  }
  auto gap = gap_of(fleet, doomed, now);
  if (!gap) {
    return unsized(SizingReason::CapacityUnknown);
  }
  if (!fleet.recent_targets) {
    return unsized(SizingReason::ScalingUnknown, *gap);
  }
  if (has_changed(*fleet.recent_targets)) {
    return unsized(SizingReason::JustScaled, *gap);
  }
  if (!group) {
    return unsized(SizingReason::GroupUnknown, *gap);
  }
  if (fallback.is_on && fleet.target) {
    gap = std::max(*gap, *fleet.target * rule.fallback.share);
  }
  Sizing sizing{.gap = *gap};
  const auto servers = std::ceil(*gap / rule.units_per_server - kRounding);
  sizing.needed = static_cast<int>(std::min(servers, 1e6));
  const auto desired = std::clamp(sizing.needed, group->least, std::max(group->least, group->most));
  sizing.is_clamped = desired != sizing.needed;
  if (desired == group->desired) {
    return sizing;
  }
  sizing.reason = desired > group->desired ? SizingReason::Raise : SizingReason::Lower;
  sizing.honors_cooldown = desired < group->desired;
  sizing.desired = desired;
  return sizing;
}

FallbackState next_fallback(const FallbackRule& rule, const FallbackState& state,
                            const std::vector<TimePoint>& interruptions, TimePoint now) {
  if (rule.interruptions <= 0) {
    return {};
  }
  const auto recent = std::count_if(interruptions.begin(), interruptions.end(), [&](TimePoint at) {
    return at <= now && now - at < rule.window;
  });
  if (!state.is_on) {
    return recent >= rule.interruptions ? FallbackState{.is_on = true, .since = now} : state;
  }
  const bool may_return = now - state.since >= rule.hold && recent <= rule.calm;
  return may_return ? FallbackState{} : state;
}

double guessed_weight(std::string_view instance_type) {
  if (instance_type.find("2xlarge") != std::string_view::npos) {
    return 8.0;
  }
  return instance_type.find("xlarge") != std::string_view::npos ? 4.0 : 2.0;
}

}  // namespace spotvane::guard
