#include "policy/utility.hpp"

#include "policy/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::policy {

namespace {

constexpr double kHorizonHours = 2;

/// How much more another placement must be worth, as a share of the on-demand price.
constexpr double kHysteresis = 0.05;

/// Dollars an hour of work: the on-demand price where the job is in step with its deadline.
double value_of_work(const Job& job, const Observation& seen, Duration now) {
  const auto needed = in_hours(job.work - seen.done) / std::max(in_hours(job.deadline - now), 1e-9);
  return seen.on_demand_price.dollars() * needed / (in_hours(job.work) / in_hours(job.deadline));
}

}  // namespace

void Utility::see(const Observation& seen) {
  zones_.resize(seen.zones.size());
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    auto& zone = zones_[i];
    const auto has_spot = seen.zones[i].has_spot;
    if (zone.age > 0) {
      ages_.resize(std::max(ages_.size(), zone.age + 1));
      auto& at = ages_[zone.age];
      at.risks += 1;
      at.preemptions += has_spot ? 0 : 1;
      zone.expected += at.hazard();
      zone.preemptions += has_spot ? 0 : 1;
    }
    zone.age = has_spot ? zone.age + 1 : 0;
  }
}

double Utility::expected_lifetime(const Zone& zone, double interval_hours) const {
  const auto factor = zone.expected > 0 ? std::max(1.0, zone.preemptions / zone.expected) : 1.0;
  double survival = 1;
  double lifetime = 0;
  for (std::size_t look = 0; static_cast<double>(look) * interval_hours < kHorizonHours; ++look) {
    lifetime += survival * interval_hours;
    const auto age = zone.age + look;
    survival *= std::exp(-factor * (age < ages_.size() ? ages_[age].hazard() : 0.0));
  }
  return lifetime;
}

Decision Utility::decide(const Job& job, const Observation& seen, Duration now) {
  see(seen);
  const Schedule schedule{job, seen, now};
  const auto is_on_spot = seen.current.mode == Mode::Spot;
  if (schedule.needs_safety_net() && !is_on_spot) {
    return {kOnDemand, Reason::SafetyNet};
  }
  const auto value = value_of_work(job, seen, now);
  const auto on_demand_price = seen.on_demand_price.dollars();
  const auto current_price =
      is_on_spot ? seen.zones[seen.current.zone].spot_price.dollars() : on_demand_price;
  Decision best{seen.current, is_on_spot ? Reason::KeepsSpot : Reason::HoldsOnDemand};
  auto most = (seen.current.mode == Mode::None ? 0 : value - current_price);
  if (most < 0 || seen.current.mode == Mode::None) {
    best = {kNone, Reason::WaitsForSpot};
    most = 0;
  }
  most += kHysteresis * on_demand_price;
  if (seen.current.mode == Mode::None && value - on_demand_price > most) {
    best = {kOnDemand, Reason::BehindSchedule};
    most = value - on_demand_price;
  }
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    const Placement place{.mode = Mode::Spot, .zone = static_cast<std::uint16_t>(i)};
    if (!seen.zones[i].has_spot || place == seen.current || schedule.needs_safety_net()) {
      continue;
    }
    const auto lifetime = expected_lifetime(zones_[i], in_hours(seen.interval));
    const auto useful = std::max(lifetime - in_hours(job.changeover), 0.0) / lifetime;
    const auto utility = value * useful - seen.zones[i].spot_price.dollars();
    if (utility > most) {
      best = {place, is_on_spot ? Reason::BetterZone : Reason::SpotIsThere};
      most = utility;
    }
  }
  return best;
}

}  // namespace spotvane::policy
