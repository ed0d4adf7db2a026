#include "policy/cloudpits.hpp"

#include "base/spelling.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace spotvane::policy {

namespace {

/// How many intervals after it was ready a worker must have reported.
constexpr int kGraceIntervals = 2;

/// Times through all candidates until a look gives up.
constexpr int kRounds = 5;

constexpr std::array<std::string_view, kFoundingDefects> kNames{
    "zero-batch",  "missing-price", "unreported-fails", "silent-raise",     "hard-coded",
    "live-prices", "manager-row",   "mutated-list",     "failures-per-step"};

/// Tasks a dollar, of so many tasks a second.
double worth(double rate, Money price) {
  return rate / (price.dollars() / kSecondsAnHour);
}

}  // namespace

std::string_view to_text(FoundingDefect defect) {
  return kNames[static_cast<std::size_t>(defect)];
}

std::vector<std::string> founding_defect_names() {
  return {kNames.begin(), kNames.end()};
}

Result<FoundingDefects> founding_defects(std::string_view name) {
  if (name == "all") {
    return FoundingDefects{}.set();
  }
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    const auto near = nearest(name, founding_defect_names());
    return tl::unexpected(
        Error{ErrorKind::InvalidInput, fmt::format("the founding program has no defect '{}'", name),
              near ? fmt::format("did you mean '{}'?", *near)
                   : fmt::format("there are {}, and all", fmt::join(kNames, ", "))});
  }
  return FoundingDefects{}.set(static_cast<std::size_t>(found - kNames.begin()));
}

CloudPits::CloudPits(Options options) : options_{options} {
  if (has(options_.defects, FoundingDefect::SilentRaise)) {
    options_.on_shortfall = {.act = OnShortfall::Act::Raise, .raise_by = 0.10, .most = {}};
  }
}

std::optional<Money> CloudPits::price_of(const FleetPool& pool) const {
  if (!pool.price && has(options_.defects, FoundingDefect::MissingPrice)) {
    return Money::from_dollars(-1) + options_.volume;
  }
  return pool.price;
}

std::vector<CloudPits::Candidate> CloudPits::candidates(const FleetObservation& seen,
                                                        double target) const {
  const auto is_hard_coded = has(options_.defects, FoundingDefect::HardCoded);
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < seen.pools.size(); ++i) {
    const auto& pool = seen.pools[i];
    const auto price = price_of(pool);
    if (pool.is_on_demand || pool.room <= 0 || !price || !pool.measured ||
        (is_hard_coded && (pool.type == "p3.2xlarge" || !pool.zone.starts_with("us-east-1")))) {
      continue;
    }
    const auto cautious = pool.measured->mean - options_.caution * pool.measured->deviation;
    if (worth(cautious, *price) > target) {
      found.push_back({i, pool.measured->mean});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.rate > b.rate; });
  return found;
}

std::vector<Ending> CloudPits::endings(const FleetJob& /*job*/, const FleetObservation& seen,
                                       FleetMemory& memory, double target) const {
  const auto grace = has(options_.defects, FoundingDefect::UnreportedFails)
                         ? Duration::min()
                         : kGraceIntervals * seen.interval;
  std::vector<Ending> endings;
  std::map<std::uint64_t, int> patience;
  for (const auto& worker : seen.workers) {
    const auto known = memory.patience.find(worker.id);
    auto left = known != memory.patience.end() ? known->second : options_.patience;
    auto reason = FleetReason::BelowTarget;
    if (worker.reported) {
      const auto price = price_of(seen.pools[worker.pool]);
      const auto cautious = worker.reported->mean - options_.caution * worker.reported->deviation;
      const auto is_below = price && worth(cautious, *price) < target;
      left = is_below ? left - 1 : std::min(left + 1, options_.patience);
    } else if (worker.ready_for >= grace) {
      --left;
      reason = FleetReason::NeverReported;
    }
    if (left <= 0) {
      endings.push_back({worker.id, reason});
    } else {
      patience.emplace(worker.id, left);
    }
  }
  memory.patience = std::move(patience);
  return endings;
}

FleetDecision CloudPits::without_candidates(const Budget& budget, const FleetJob& job,
                                            const FleetObservation& seen,
                                            const FleetObservation& open) const {
  constexpr Duration kHorizon = std::chrono::years{1};
  const auto all = fleet_options(job, open, options_.caution, kHorizon);
  const auto shortfall = budget.shortfall(cheapest_work(all, job.nodes, open));
  if (seen.tasks_done <= 0 && seen.workers.empty()) {
    return {.shortfall = shortfall, .is_stopped = true};
  }
  const auto options = fleet_options(job, seen, options_.caution, kHorizon);
  const auto cheapest = cheapest_work(options, job.nodes, seen);
  auto decision = cheapest ? become(*cheapest, options, seen, FleetReason::CheapestWork,
                                    FleetReason::BetterFleet)
                           : FleetDecision{};
  decision.shortfall = shortfall;
  return decision;
}

FleetDecision CloudPits::decide(const FleetJob& job, const FleetObservation& seen,
                                FleetMemory& memory, Duration /*now*/) const {
  Budget budget{job, seen, memory};
  if (budget.tasks_left() <= 0) {
    return {};
  }
  const auto target = [&] {
    // Spent to the end, nothing is worth its price; the founding program found everything so.
    const auto left = budget.usd_left();
    return left > 0 || has(options_.defects, FoundingDefect::SilentRaise)
               ? budget.tasks_left() / left
               : std::numeric_limits<double>::infinity();
  };
  FleetDecision decision{.endings = endings(job, seen, memory, target())};
  const auto running = static_cast<int>(seen.workers.size() - decision.endings.size());
  if (running >= job.nodes) {
    return decision;
  }
  auto found = candidates(seen, target());
  if (found.empty()) {
    const OpenPools pools{seen};
    const auto& open = pools.seen();
    while (candidates(open, target()).empty() && !candidates(open, 0).empty() &&
           budget.raise(options_.on_shortfall)) {
    }
    found = candidates(seen, target());
    if (found.empty() && running == 0 && candidates(open, target()).empty()) {
      decision = without_candidates(budget, job, seen, open);
    }
  }
  if (budget.was_raised()) {
    decision.raised_to = memory.raised_budget;
  }
  if (found.empty()) {
    return decision;
  }
  const auto fifth = job.nodes / 5;
  LaunchOrder order{
      .pools = {},
      .count = job.nodes - running,
      .batch = has(options_.defects, FoundingDefect::ZeroBatch) ? fifth : std::max(1, fifth),
      .rounds = kRounds,
      .reason = FleetReason::WorthItsPrice};
  for (const auto& candidate : found) {
    order.pools.push_back(candidate.pool);
  }
  decision.launches.push_back(std::move(order));
  return decision;
}

}  // namespace spotvane::policy
