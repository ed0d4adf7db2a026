#include "policy/lp_fleet.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spotvane::policy {

FleetDecision LpBudget::decide(const FleetJob& job, const FleetObservation& seen,
                               FleetMemory& memory, Duration /*now*/) const {
  Budget budget{job, seen, memory};
  if (budget.tasks_left() <= 0) {
    return {};
  }
  const auto options =
      fleet_options(job, seen, options_.caution, shortest_time(job, seen, options_.caution));
  const auto fleet =
      fleet_within(budget, options_.on_shortfall, options, job, seen, options_.caution,
                   [&](std::span<const FleetOption> these, const FleetObservation& of) {
                     return fastest_within(these, job.nodes, budget.tasks_left(),
                                           budget.usd_left() * (1 - options_.reserve), of);
                   });
  auto decision =
      fleet ? become(*fleet, options, seen, FleetReason::FastestInBudget, FleetReason::BetterFleet)
            : without_fleet(budget, options, job, seen, options_.caution);
  if (budget.was_raised()) {
    decision.raised_to = memory.raised_budget;
  }
  return decision;
}

double LpDeadline::sure_tasks(const FleetJob& job, const FleetObservation& seen,
                              Duration time) const {
  std::vector<double> rates;
  for (const auto& pool : seen.pools) {
    if (pool.is_on_demand && pool.measured && pool.price && pool.room > 0) {
      const auto rate = pool.measured->mean * (options_.sure_share - (1 - job.scaling()));
      rates.insert(rates.end(), static_cast<std::size_t>(std::min(pool.room, job.nodes)), rate);
    }
  }
  std::sort(rates.begin(), rates.end(), std::greater{});
  rates.resize(std::min(rates.size(), static_cast<std::size_t>(job.nodes)));
  double rate = 0;
  for (const auto one : rates) {
    rate += std::max(0.0, one);
  }
  return std::max(0.0, seconds(time - job.changeover)) * rate +
         std::max(0.0, seconds(time)) * seen.manager_rate * options_.sure_share;
}

FleetDecision LpDeadline::go_on_demand(const FleetJob& job, const FleetObservation& seen,
                                       Duration left) const {
  const auto options = fleet_options(job, seen, 0, left - job.changeover,
                                     [](const FleetPool& pool) { return pool.is_on_demand; });
  FleetProgram program{.kinds = {}, .weight_limit = 0, .nodes = job.nodes};
  for (const auto& option : options) {
    // By what is measured of the type: what a worker says of itself goes up and down.
    const auto& measured = seen.pools[option.pool].measured;
    const auto kept = job.scaling() * measured.value_or(Throughput{}).mean;
    program.kinds.push_back({option.is_kept ? kept : option.rate, 0, option.most});
  }
  const auto fastest = solve(program);
  SPOTVANE_ASSERT(fastest);
  auto decision = become(fleet_of(fastest->counts, options, seen), options, seen,
                         FleetReason::DeadlineIsNear, FleetReason::DeadlineIsNear);
  // Who has no successor works on, on spot as well: a pool on demand may be closed, too.
  const auto sure = std::accumulate(fastest->counts.begin(), fastest->counts.end(), 0);
  const auto ended = static_cast<int>(decision.endings.size());
  decision.endings.erase(decision.endings.begin(),  // the best come first
                         decision.endings.begin() + std::clamp(job.nodes - sure, 0, ended));
  return decision;
}

FleetDecision LpDeadline::decide(const FleetJob& job, const FleetObservation& seen,
                                 FleetMemory& /*memory*/, Duration now) const {
  SPOTVANE_ASSERT(job.deadline);
  const auto tasks = job.tasks - seen.tasks_done;
  const auto left = *job.deadline - now;
  if (tasks <= 0) {
    return {};
  }
  if (tasks >= sure_tasks(job, seen, left - seen.interval)) {
    auto decision = go_on_demand(job, seen, std::max(left, seen.interval));
    if (const auto sure = sure_tasks(job, seen, left); tasks > sure && seen.workers.empty()) {
      const auto rate = sure_tasks(job, seen, job.changeover + Duration{1000});
      decision.shortfall = Shortfall{
          .least_time = rate > 0
                            ? std::optional{job.changeover + Duration{static_cast<std::int64_t>(
                                                                 std::ceil(tasks / rate * 1000))}}
                            : std::nullopt,
          .tasks_within = sure};
    }
    return decision;
  }
  const auto options = fleet_options(job, seen, options_.caution, left - job.changeover);
  // Slower is not cheaper by itself: the manager is paid for as long as it takes.
  if (const auto fleet = cheapest_work(options, job.nodes, seen);
      fleet && fleet->rate >= tasks / seconds(left)) {
    return become(*fleet, options, seen, FleetReason::CheapestInTime, FleetReason::BetterFleet);
  }
  FleetProgram program{.kinds = {}, .weight_limit = 0, .nodes = job.nodes};
  for (const auto& option : options) {
    program.kinds.push_back({-option.usd_per_second, -option.rate, option.most});
  }
  program.weight_limit = seen.manager_rate - tasks / seconds(left);
  const auto cheapest = solve(program);
  if (!cheapest) {
    return go_on_demand(job, seen, left);
  }
  return become(fleet_of(cheapest->counts, options, seen), options, seen,
                FleetReason::CheapestInTime, FleetReason::BetterFleet);
}

}  // namespace spotvane::policy
