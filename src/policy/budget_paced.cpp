#include "policy/budget_paced.hpp"

#include <algorithm>
#include <numeric>

namespace spotvane::policy {

namespace {

/// What the workers there are would cost if they were launched once more.
double relaunch_usd(const FleetJob& job, const FleetObservation& seen) {
  double usd_per_hour = 0;
  for (const auto& worker : seen.workers) {
    usd_per_hour += seen.pools[worker.pool].price.value_or(Money{}).dollars();
  }
  return usd_per_hour * seconds(job.changeover) / kSecondsAnHour;
}

/// The options whose tasks cost no more than the budget has for each.
std::vector<FleetOption> worth_it(std::span<const FleetOption> options, const Budget& budget) {
  std::vector<FleetOption> kept;
  std::copy_if(
      options.begin(), options.end(), std::back_inserter(kept), [&](const FleetOption& option) {
        return option.usd_per_second * budget.tasks_left() <= option.rate * budget.usd_left();
      });
  return kept;
}

/// Takes in more until there are `nodes`, those whose tasks cost least first.
Fleet filled_up(Fleet fleet, std::span<const FleetOption> options, int nodes,
                const FleetObservation& seen) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return options[i].rate <= 0; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return options[a].usd_per_second * options[b].rate <
           options[b].usd_per_second * options[a].rate;
  });
  auto room = nodes - std::accumulate(fleet.counts.begin(), fleet.counts.end(), 0);
  for (const auto i : order) {
    const auto more = std::clamp(options[i].most - fleet.counts[i], 0, room);
    fleet.counts[i] += more;
    room -= more;
  }
  return fleet_of(std::move(fleet.counts), options, seen);
}

}  // namespace

/// The fastest fleet after an interval of which the cheapest could still do the rest.
std::optional<Fleet> BudgetPaced::ahead(const FleetJob& job, const FleetObservation& seen,
                                        const Budget& budget,
                                        std::span<const FleetOption> options) const {
  const auto cheapest = cheapest_work(options, job.nodes, seen);
  if (!cheapest) {
    return std::nullopt;
  }
  const auto interval = seconds(seen.interval);
  const auto extra = [&](double usd_per_second, double rate) {
    return (usd_per_second - cheapest->usd_per_task() * rate) * interval;
  };
  FleetProgram program{.kinds = {}, .weight_limit = 0, .nodes = job.nodes};
  for (const auto& option : options) {
    program.kinds.push_back({option.rate, extra(option.usd_per_second, option.rate), option.most});
  }
  program.weight_limit = budget.usd_left() - cheapest->usd_per_task() * budget.tasks_left() -
                         extra(seen.manager_price.dollars() / kSecondsAnHour, seen.manager_rate);
  auto found = solve(program);
  if (!found) {
    return std::nullopt;
  }
  auto fleet = fleet_of(std::move(found->counts), options, seen);
  return fleet.rate > 0 ? std::optional{std::move(fleet)} : std::nullopt;
}

FleetDecision BudgetPaced::decide(const FleetJob& job, const FleetObservation& seen,
                                  FleetMemory& memory, Duration /*now*/) const {
  Budget budget{job, seen, memory};
  if (budget.tasks_left() <= 0) {
    return {};
  }
  const auto line = seen.tasks_done / job.tasks * budget.usd_total();
  const auto spent = seen.spent.dollars();
  memory.is_ahead = line >= spent + (memory.is_ahead ? 0 : 2 * relaunch_usd(job, seen));
  const auto options =
      fleet_options(job, seen, options_.caution, shortest_time(job, seen, options_.caution));
  if (memory.is_ahead) {
    if (const auto fleet = ahead(job, seen, budget, options)) {
      return become(*fleet, options, seen, FleetReason::AheadOfBudget, FleetReason::BetterFleet);
    }
  }
  const auto fleet =
      fleet_within(budget, options_.on_shortfall, options, job, seen, options_.caution,
                   [&](std::span<const FleetOption> these, const FleetObservation& of) {
                     return fastest_within(worth_it(these, budget), job.nodes, budget.tasks_left(),
                                           std::max(budget.usd_left(), 0.0), of);
                   });
  auto decision = fleet ? become(*fleet, worth_it(options, budget), seen,
                                 FleetReason::WorthItsPrice, FleetReason::BehindBudget)
                        : without_fleet(budget, options, job, seen, options_.caution);
  if (budget.was_raised()) {
    decision.raised_to = memory.raised_budget;
  }
  return decision;
}

FleetDecision CheapestFleet::decide(const FleetJob& job, const FleetObservation& seen,
                                    FleetMemory& /*memory*/, Duration /*now*/) const {
  if (seen.tasks_done >= job.tasks) {
    return {};
  }
  const auto is_from = [&](const FleetPool& pool) {
    return pool.is_on_demand == (from_ == From::OnDemand);
  };
  const auto options = fleet_options(job, seen, 0, shortest_time(job, seen, 0), is_from);
  const auto cheapest = cheapest_work(options, job.nodes, seen);
  if (!cheapest) {
    // Pools may be closed for a while; where there is none of the kind, there never will be.
    return {.is_stopped = std::none_of(seen.pools.begin(), seen.pools.end(), is_from)};
  }
  const auto reason = from_ == From::OnDemand ? FleetReason::Always : FleetReason::SpotIsThere;
  // Where the cheapest has no room, the next does it: nobody waits for a pool to open.
  const auto fleet = filled_up(*cheapest, options, job.nodes, seen);
  return become(fleet, options, seen, reason, FleetReason::BetterFleet);
}

}  // namespace spotvane::policy
