#include "policy/spot_belief.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::policy {

namespace {

/// The same where zones are compared: they differ, and only their order counts.
constexpr double kPriorEventsToCompare = 2;

constexpr double kAheadHours = 2;
constexpr int kAheadSteps = 20;

/// After so long what was seen counts half.
constexpr double kHalfLifeHours = 48;

/// Taken for the age of what is found at the first look, which nobody saw begin.
constexpr double kFirstAgeHours = 2;

}  // namespace

std::size_t age_class(double hours) {
  const auto* next = std::upper_bound(kAgeHours.begin() + 1, kAgeHours.end(), hours);
  return static_cast<std::size_t>(next - kAgeHours.begin()) - 1;
}

void SpotBelief::see(bool has_spot, double interval_hours) {
  if (is_first_) {
    is_first_ = false;
    has_spot_ = has_spot;
    age_hours_ = kFirstAgeHours;
    return;
  }
  const auto kept = std::exp2(-interval_hours / kHalfLifeHours);
  for (auto* count : {&up_, &down_}) {
    count->events *= kept;
    count->expected *= kept;
  }
  auto& count = has_spot_ ? up_ : down_;
  const auto& hazards = has_spot_ ? prior_->preemption : prior_->recovery;
  count.expected += 1 - std::exp(-hazards[age_class(age_hours_)] * interval_hours);
  if (has_spot == has_spot_) {
    age_hours_ += interval_hours;
    return;
  }
  count.events += 1;
  has_spot_ = has_spot;
  age_hours_ = 0;
}

double SpotBelief::hazard_ahead() const {
  constexpr auto kStep = kAheadHours / kAheadSteps;
  const auto factor = SpotBelief::factor(up_, kPriorEventsToCompare);
  double alive = 1;
  double lived = 0;
  for (int step = 0; step < kAheadSteps; ++step) {
    const auto hazard = prior_->preemption[age_class(age_hours_ + step * kStep)];
    lived += alive * kStep;
    alive *= std::exp(-factor * hazard * kStep);
  }
  return (1 - alive) / lived;
}

double SpotBelief::factor(const Count& count, double prior_events) {
  return (prior_events + count.events) / (prior_events + count.expected);
}

}  // namespace spotvane::policy
