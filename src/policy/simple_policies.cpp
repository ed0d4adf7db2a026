#include "policy/simple_policies.hpp"

#include "policy/schedule.hpp"

namespace spotvane::policy {

namespace {

Decision spot_or_none(std::optional<Placement> spot) {
  return spot ? Decision{*spot, Reason::SpotIsThere} : Decision{kNone, Reason::WaitsForSpot};
}

/// How much more work is done `now` than the even pace asks for, times the deadline: a whole
/// number.
std::int64_t lead(const Job& job, const Observation& seen, Duration now) {
  return seen.done.count() * job.deadline.count() - now.count() * job.work.count();
}

}  // namespace

Decision OnDemandOnly::decide(const Job& /*job*/, const Observation& /*seen*/, Duration /*now*/) {
  return {kOnDemand, Reason::Always};
}

Decision SpotOnly::decide(const Job& /*job*/, const Observation& seen, Duration /*now*/) {
  return spot_or_none(nearest_spot(seen));
}

Decision Greedy::decide(const Job& job, const Observation& seen, Duration now) {
  const Schedule schedule{job, seen, now};
  if (schedule.is_last_point()) {
    return {kOnDemand, Reason::LastPoint};
  }
  if (schedule.needs_safety_net()) {
    return seen.current.mode == Mode::Spot ? Decision{seen.current, Reason::KeepsSpot}
                                           : Decision{kOnDemand, Reason::SafetyNet};
  }
  return spot_or_none(nearest_spot(seen));
}

std::optional<Placement> UniformProgress::spot(const Observation& seen) {
  if (zones_ == ZoneChoice::Cheapest) {
    return nearest_spot(seen);
  }
  if (wanted_.mode == Mode::Spot && seen.current.mode == Mode::None) {
    preempted_in_ = wanted_.zone;
  }
  return nearest_spot(seen, preempted_in_);
}

Decision UniformProgress::decide(const Job& job, const Observation& seen, Duration now) {
  const auto spot_now = spot(seen);
  auto decision = spot_or_none(spot_now);
  if (!spot_now && lead(job, seen, now) < 0) {
    decision = {kOnDemand, Reason::BehindSchedule};
  }
  if (seen.current.mode == Mode::OnDemand) {
    const auto is_far_ahead = lead(job, seen, now + 2 * job.changeover) > 0;
    if (!spot_now || (hysteresis_ == Hysteresis::On && !is_far_ahead)) {
      decision = {kOnDemand, Reason::HoldsOnDemand};
    }
  }
  const Schedule schedule{job, seen, now};
  if (schedule.needs_safety_net() && seen.current.mode != Mode::Spot) {
    decision = {kOnDemand, Reason::SafetyNet};
  }
  if (schedule.is_last_point()) {
    decision = works_on_spot(seen) ? Decision{seen.current, Reason::KeepsSpot}
                                   : Decision{kOnDemand, Reason::LastPoint};
  }
  wanted_ = decision.placement;
  return decision;
}

}  // namespace spotvane::policy
