#include "policy/best.hpp"

#include "policy/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::policy {

namespace {

/// Factors on hazards come in grades, each so many times the one before, lest every look want a
/// plan of its own.
constexpr double kGrade = 1.5;
constexpr double kMostGrades = 3;

/// As finely is refuge told apart.
constexpr int kRefugeGrades = 4;

/// Into how many steps the work is cut at least, and a change-over at most: a plan's size goes with
/// their squares.
constexpr double kWorkSteps = 288;
constexpr double kLaunchSteps = 6;

int grade_of(double factor) {
  const auto grade = std::round(std::log(factor) / std::log(kGrade));
  return static_cast<int>(std::clamp(grade, -kMostGrades, kMostGrades));
}

/// How much slack to plan for: one plan does for many deadlines.
int roomy(double steps) {
  int most = 32;
  while (most < steps) {
    most *= 2;
  }
  return std::min(most, static_cast<int>(4 * kWorkSteps));
}

Hazards scaled(Hazards hazards, int grade) {
  for (auto& hazard : hazards) {
    hazard *= std::pow(kGrade, grade);
  }
  return hazards;
}

Decision on_spot(const Observation& seen, Placement spot) {
  return {spot, seen.current == spot ? Reason::KeepsSpot : Reason::SpotIsThere};
}

Decision on_demand(const Observation& seen, bool has_spot) {
  if (seen.current.mode == Mode::OnDemand) {
    return {kOnDemand, Reason::HoldsOnDemand};
  }
  return {kOnDemand, has_spot ? Reason::SpotWontLast : Reason::OutageWillLast};
}

}  // namespace

std::shared_ptr<const SlackPlan> PlanShelf::plan(const Key& key) {
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = plans_.find(key); found != plans_.end()) {
      return found->second;
    }
  }
  // Two threads may work out the same plan; they come to the same.
  const auto [step, changeover, spot_price, on_demand_price] = key.terms;
  const auto [work, slack, preemption, recovery, refuge] = key.sizes;
  auto made = std::make_shared<const SlackPlan>(
      SlackPlan::Terms{.step_hours = step,
                       .work = work,
                       .slack = slack,
                       .changeover = changeover,
                       .spot_price = spot_price,
                       .on_demand_price = on_demand_price,
                       .hazards = {.preemption = scaled(prior_.preemption, preemption),
                                   .recovery = scaled(prior_.recovery, recovery)},
                       .refuge = static_cast<double>(refuge) / kRefugeGrades});
  const std::lock_guard lock{mutex_};
  return plans_.try_emplace(key, std::move(made)).first->second;
}

void Best::see(const Observation& seen) {
  const auto interval = in_hours(seen.interval);
  zones_.resize(seen.zones.size(), SpotBelief{shelf_->prior()});
  std::size_t with_spot = 0;
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    zones_[zone].see(seen.zones[zone].has_spot, interval);
    with_spot += seen.zones[zone].has_spot ? 1U : 0U;
  }
  anywhere_.see(with_spot > 0, interval);
  looks_ += with_spot > 0 ? 1 : 0;
  choices_ += with_spot > 1 ? 1 : 0;
}

std::optional<Placement> Best::best_spot(const Job& job, const Observation& seen) const {
  if (seen.current.mode == Mode::Spot) {
    return seen.current;
  }
  std::optional<Placement> best;
  double least = 0;
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    if (!seen.zones[zone].has_spot) {
      continue;
    }
    // What an hour costs together with its part of the change-over that a preemption brings.
    const auto cost = seen.zones[zone].spot_price.dollars() *
                      (1 + zones_[zone].hazard_ahead() * in_hours(job.changeover));
    if (!best || cost < least) {
      best = Placement{.mode = Mode::Spot, .zone = static_cast<std::uint16_t>(zone)};
      least = cost;
    }
  }
  return best;
}

const SpotBelief& Best::belief_of(std::optional<Placement> spot) const {
  return spot ? zones_[spot->zone] : anywhere_;
}

int Best::refuge_grade() const {
  return static_cast<int>(std::lround(kRefugeGrades * choices_ / (looks_ + 1)));
}

const SlackPlan& Best::plan_for(const Job& job, const Observation& seen, double step_hours,
                                std::optional<Placement> spot) {
  const auto price = spot ? seen.zones[spot->zone].spot_price
                          : std::min_element(seen.zones.begin(), seen.zones.end(),
                                             [](const Offer& a, const Offer& b) {
                                               return a.spot_price < b.spot_price;
                                             })
                                ->spot_price;
  const PlanShelf::Key key{
      .terms = {step_hours, in_hours(job.changeover) / step_hours, price.dollars() * step_hours,
                seen.on_demand_price.dollars() * step_hours},
      .sizes = {static_cast<int>(std::ceil(in_hours(job.work) / step_hours)),
                roomy(in_hours(job.deadline - job.work) / step_hours),
                grade_of(belief_of(spot).preemption_factor()),
                grade_of(anywhere_.recovery_factor()), refuge_grade()}};
  if (!plan_ || key != key_) {
    plan_ = shelf_->plan(key);
    key_ = key;
  }
  return *plan_;
}

Decision Best::decide(const Job& job, const Observation& seen, Duration now) {
  see(seen);
  if (seen.current.mode == Mode::Spot) {
    return on_spot(seen, seen.current);
  }
  const auto spot = best_spot(job, seen);
  const auto step_hours = std::max({in_hours(seen.interval), in_hours(job.work) / kWorkSteps,
                                    in_hours(job.changeover) / kLaunchSteps});
  const auto is_on_demand = seen.current.mode == Mode::OnDemand;
  const auto launching = is_on_demand ? in_hours(seen.changeover_left) / step_hours : 0.0;
  const auto left = job.work - seen.done;
  const auto spare = in_hours(job.deadline - now - left - job.changeover) / step_hours;
  const auto move = plan_for(job, seen, step_hours, spot)
                        .move({.work = in_hours(left) / step_hours,
                               .slack = spare - (launching - std::floor(launching)),
                               .has_spot = spot.has_value(),
                               .age = age_class(belief_of(spot).age_hours()),
                               .is_on_demand = is_on_demand,
                               .changeover_left = launching});
  if (move == SlackPlan::Move::Spot && spot) {
    return on_spot(seen, *spot);
  }
  if (move == SlackPlan::Move::OnDemand) {
    return on_demand(seen, spot.has_value());
  }
  return {kNone, spot ? Reason::SpotWontLast : Reason::WaitsForSpot};
}

}  // namespace spotvane::policy
