#include "policy/fleet.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace spotvane::policy {

namespace {

/// Below this a look is hardly worth its requests, and the budget as good as spent.
constexpr Duration kShortestHold{1000};

double highest_usd(const FleetPool& pool) {
  const auto price = pool.price.value_or(Money{});
  return std::max(price, pool.highest_price.value_or(price)).dollars();
}

/// What an hour of this decision may come to.
double highest_rate(const FleetObservation& seen, const std::vector<const Worker*>& kept,
                    const FleetDecision& decision) {
  auto usd = seen.manager_price.dollars();
  for (const auto* worker : kept) {
    usd += highest_usd(seen.pools[worker->pool]);
  }
  for (const auto& order : decision.launches) {
    double dearest = 0;
    for (const auto pool : order.pools) {
      dearest = std::max(dearest, highest_usd(seen.pools[pool]));
    }
    usd += dearest * order.count;
  }
  return usd;
}

double worth(const FleetObservation& seen, const Worker& worker) {
  const auto& pool = seen.pools[worker.pool];
  const auto rate = worker.reported.value_or(pool.measured.value_or(Throughput{})).mean;
  return rate / std::max(highest_usd(pool), 1e-9);
}

std::vector<const Worker*> kept_workers(const FleetObservation& seen,
                                        const FleetDecision& decision) {
  std::set<std::uint64_t> ended;
  for (const auto& ending : decision.endings) {
    ended.insert(ending.worker);
  }
  std::vector<const Worker*> kept;
  for (const auto& worker : seen.workers) {
    if (!ended.contains(worker.id)) {
      kept.push_back(&worker);
    }
  }
  return kept;
}

FleetDecision stopped(const FleetObservation& seen, FleetDecision decision) {
  for (const auto* worker : kept_workers(seen, decision)) {
    decision.endings.push_back({worker->id, FleetReason::BudgetIsSpent});
  }
  decision.launches.clear();
  decision.is_stopped = true;
  return decision;
}

}  // namespace

double FleetJob::scaling() const {
  return std::max(0.0, 1 - scaling_penalty * (nodes - 1));
}

std::string_view to_text(FleetReason reason) {
  switch (reason) {
    case FleetReason::Always:
      return "always";
    case FleetReason::WorthItsPrice:
      return "worth-its-price";
    case FleetReason::BelowTarget:
      return "below-target";
    case FleetReason::NeverReported:
      return "never-reported";
    case FleetReason::FastestInBudget:
      return "fastest-in-budget";
    case FleetReason::CheapestInTime:
      return "cheapest-in-time";
    case FleetReason::BetterFleet:
      return "better-fleet";
    case FleetReason::CheapestWork:
      return "cheapest-work";
    case FleetReason::AheadOfBudget:
      return "ahead-of-budget";
    case FleetReason::BehindBudget:
      return "behind-budget";
    case FleetReason::DeadlineIsNear:
      return "deadline-is-near";
    case FleetReason::SpotIsThere:
      return "spot-is-there";
    case FleetReason::BudgetIsSpent:
      return "budget-is-spent";
    case FleetReason::ToBeMeasured:
      return "to-be-measured";
  }
  SPOTVANE_ASSERT(false);
}

FleetDecision keep_budget(const FleetJob& job, const FleetObservation& seen,
                          const FleetMemory& memory, FleetDecision wanted) {
  wanted.holds_for = wanted.holds_for > Duration::zero() ? std::min(wanted.holds_for, seen.interval)
                                                         : seen.interval;
  const auto budget = memory.raised_budget ? memory.raised_budget : job.budget;
  if (!budget || wanted.is_stopped) {
    return wanted;
  }
  const auto left = (*budget - seen.spent).dollars();
  const auto hold_of = [&](double usd_per_hour) {
    const auto most = static_cast<double>(wanted.holds_for.count());
    const auto paid = usd_per_hour > 0 ? left / usd_per_hour * 3.6e6 : most;
    return Duration{static_cast<std::int64_t>(std::clamp(paid + 1e-6, 0.0, most))};
  };
  auto kept = kept_workers(seen, wanted);
  if (hold_of(highest_rate(seen, kept, wanted)) < std::min(wanted.holds_for, kShortestHold)) {
    wanted.launches.clear();
  }
  // The worst first: what the end of the budget still pays for should do most.
  std::stable_sort(kept.begin(), kept.end(), [&](const Worker* a, const Worker* b) {
    return worth(seen, *a) > worth(seen, *b);
  });
  while (!kept.empty() &&
         hold_of(highest_rate(seen, kept, wanted)) < std::min(wanted.holds_for, kShortestHold)) {
    wanted.endings.push_back({kept.back()->id, FleetReason::BudgetIsSpent});
    kept.pop_back();
  }
  const auto hold = hold_of(highest_rate(seen, kept, wanted));
  if (hold < std::min(wanted.holds_for, kShortestHold)) {
    return stopped(seen, std::move(wanted));
  }
  wanted.holds_for = hold;
  return wanted;
}

LaunchTurn::LaunchTurn(const LaunchOrder& order) : order_{order}, wanted_{order.count} {}

std::optional<LaunchTurn::Batch> LaunchTurn::next() const {
  const auto count = std::min(wanted_, order_.batch);
  if (count <= 0 || round_ >= order_.rounds || order_.pools.empty()) {
    return std::nullopt;
  }
  return Batch{order_.pools[pool_], count};
}

void LaunchTurn::launched(int count) {
  wanted_ -= count;
  if (++pool_ == order_.pools.size()) {
    pool_ = 0;
    ++round_;
  }
}

}  // namespace spotvane::policy
