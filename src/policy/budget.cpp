#include "policy/budget.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace spotvane::policy {

Budget::Budget(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory)
    : memory_{memory}, tasks_left_{job.tasks - seen.tasks_done}, spent_{seen.spent} {
  SPOTVANE_ASSERT(job.budget.has_value());
  total_ = memory.raised_budget.value_or(*job.budget);
}

bool Budget::raise(const OnShortfall& on_shortfall) {
  if (on_shortfall.act != OnShortfall::Act::Raise) {
    return false;
  }
  auto raised = Money::from_dollars(total_.dollars() * (1 + on_shortfall.raise_by));
  if (on_shortfall.most) {
    raised = std::min(raised, *on_shortfall.most);
  }
  if (raised <= total_) {
    return false;
  }
  total_ = raised;
  memory_.raised_budget = raised;
  was_raised_ = true;
  return true;
}

Shortfall Budget::shortfall(const std::optional<Fleet>& cheapest) const {
  if (!cheapest) {
    return {};
  }
  const auto per_task = cheapest->usd_per_task();
  return {.least_budget = spent_ + Money::from_dollars(per_task * tasks_left_),
          .tasks_within = std::clamp(usd_left() / per_task, 0.0, tasks_left_)};
}

std::optional<Fleet> fleet_within(Budget& budget, const OnShortfall& on_shortfall,
                                  std::span<const FleetOption> options, const FleetJob& job,
                                  const FleetObservation& seen, double caution,
                                  const FindFleet& find) {
  if (auto fleet = find(options, seen)) {
    return fleet;
  }
  const OpenPools pools{seen};
  const auto& open = pools.seen();
  const auto all = fleet_options(job, open, caution, shortest_time(job, open, caution));
  if (cheapest_work(all, job.nodes, open)) {
    while (!find(all, open) && budget.raise(on_shortfall)) {
    }
  }
  return find(options, seen);
}

FleetDecision without_fleet(const Budget& budget, std::span<const FleetOption> options,
                            const FleetJob& job, const FleetObservation& seen, double caution) {
  if (seen.tasks_done > 0 || !seen.workers.empty()) {
    const auto cheapest = cheapest_work(options, job.nodes, seen);
    auto decision = cheapest ? become(*cheapest, options, seen, FleetReason::CheapestWork,
                                      FleetReason::BetterFleet)
                             : FleetDecision{};
    decision.shortfall = budget.shortfall(cheapest);
    return decision;
  }
  const OpenPools pools{seen};
  const auto& open = pools.seen();
  const auto all = fleet_options(job, open, caution, shortest_time(job, open, caution));
  if (fastest_within(all, job.nodes, budget.tasks_left(), budget.usd_left(), open)) {
    return {};
  }
  return {.shortfall = budget.shortfall(cheapest_work(all, job.nodes, open)), .is_stopped = true};
}

}  // namespace spotvane::policy
