#include "policy/fleet_options.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spotvane::policy {

namespace {

double cautious(const Throughput& rate, double caution) {
  return std::max(0.0, rate.mean - caution * rate.deviation);
}

/// What a worker says of itself goes up and down by so much of what its type does: less of it says
/// nothing, or the whole fleet would be replaced at every bad look.
constexpr double kUsualNoise = 0.15;

/// `share` is what so many workers leave each other of what one does alone.
bool is_slow(const Throughput& reported, const Throughput& measured, double share) {
  const auto mean = share * measured.mean;
  return reported.mean < mean - std::max(2 * measured.deviation, kUsualNoise * mean);
}

/// Workers of one pool that count alike.
struct Kept {
  double sum = 0;  // of their rates
  int count = 0;

  void add(double rate) {
    sum += rate;
    ++count;
  }
};

/// A pool's workers: those that do what their type does, and those that do clearly less.
struct KeptInPool {
  Kept usual = {};
  Kept slow = {};

  void add(const Worker& worker, const std::optional<Throughput>& measured, double caution,
           double share) {
    const auto& reported = worker.reported;
    if (reported && measured && is_slow(*reported, *measured, share)) {
      slow.add(cautious(*reported, caution));
    } else {
      const auto rate = measured ? measured : reported;
      usual.add(rate ? cautious(*rate, caution) : 0);
    }
  }
};

/// How long a better price is counted on: beyond that others may be better.
constexpr Duration kAdvantageLasts = std::chrono::hours{1};

/// The share of its time that a new worker works, where there is work for `horizon` once it can.
/// That it is better than what runs must pay for its launch while the advantage lasts; but a long
/// launch alone must not make a job look too dear.
double working_share(const FleetJob& job, const FleetPool& pool, Duration horizon) {
  const auto counts = std::max(kAdvantageLasts, 20 * job.changeover);
  const auto lives = seconds(std::min({pool.lifetime, horizon + job.changeover, counts}));
  return lives > 0 ? std::max(0.0, lives - seconds(job.changeover)) / lives : 0;
}

}  // namespace

std::vector<FleetOption> fleet_options(const FleetJob& job, const FleetObservation& seen,
                                       double caution, Duration horizon, const PoolFilter& filter) {
  std::vector<KeptInPool> running(seen.pools.size());
  const auto others = static_cast<double>(seen.workers.size()) - 1;
  const auto share = std::max(0.0, 1 - job.scaling_penalty * std::max(0.0, others));
  for (const auto& worker : seen.workers) {
    running[worker.pool].add(worker, seen.pools[worker.pool].measured, caution, share);
  }
  std::vector<FleetOption> options;
  for (std::size_t i = 0; i < seen.pools.size(); ++i) {
    const auto& pool = seen.pools[i];
    const auto price = pool.price.value_or(pool.highest_price.value_or(Money{}));
    for (const auto& kept : {running[i].usual, running[i].slow}) {
      if (kept.count > 0 && filter(pool)) {
        options.push_back({i, true, job.scaling() * kept.sum / kept.count,
                           price.dollars() / kSecondsAnHour, kept.count});
      }
    }
  }
  for (std::size_t i = 0; i < seen.pools.size(); ++i) {
    const auto& pool = seen.pools[i];
    if (!pool.price || !pool.measured || pool.room <= 0 || !filter(pool)) {
      continue;
    }
    const auto rate =
        job.scaling() * cautious(*pool.measured, caution) * working_share(job, pool, horizon);
    if (rate > 0) {
      options.push_back(
          {i, false, rate, pool.price->dollars() / kSecondsAnHour, std::min(pool.room, job.nodes)});
    }
  }
  return options;
}

std::vector<FleetOption> fleet_options(const FleetJob& job, const FleetObservation& seen,
                                       double caution, Duration horizon) {
  return fleet_options(job, seen, caution, horizon, [](const FleetPool&) { return true; });
}

OpenPools::OpenPools(const FleetObservation& seen)
    : pools_{seen.pools.begin(), seen.pools.end()}, seen_{seen} {
  for (auto& pool : pools_) {
    pool.room = std::numeric_limits<int>::max();
  }
  seen_.pools = pools_;
}

Duration shortest_time(const FleetJob& job, const FleetObservation& seen, double caution) {
  constexpr Duration kForEver = std::chrono::years{100};
  double most = 0;
  for (const auto& pool : seen.pools) {
    most = std::max(most, pool.measured ? cautious(*pool.measured, caution) : 0);
  }
  const auto rate = most * job.nodes * job.scaling() + seen.manager_rate;
  const auto milliseconds = (job.tasks - seen.tasks_done) / rate * 1000;
  return milliseconds < static_cast<double>(kForEver.count())
             ? Duration{static_cast<std::int64_t>(std::ceil(milliseconds))}
             : kForEver;
}

Fleet fleet_of(std::vector<int> counts, std::span<const FleetOption> options,
               const FleetObservation& seen) {
  Fleet fleet{.counts = std::move(counts),
              .rate = seen.manager_rate,
              .usd_per_second = seen.manager_price.dollars() / kSecondsAnHour};
  for (std::size_t i = 0; i < options.size(); ++i) {
    fleet.rate += fleet.counts[i] * options[i].rate;
    fleet.usd_per_second += fleet.counts[i] * options[i].usd_per_second;
  }
  return fleet;
}

std::optional<Fleet> cheapest_work(std::span<const FleetOption> options, int nodes,
                                   const FleetObservation& seen) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Dinkelbach's: at a price of a task, the fleet that earns most by it; then at that fleet's own.
  const auto best_at = [&](double usd_per_task) {
    const auto earns = [&](std::size_t i) {
      return usd_per_task * options[i].rate - options[i].usd_per_second;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return earns(a) > earns(b); });
    std::vector<int> counts(options.size(), 0);
    auto room = nodes;
    for (const auto i : order) {
      if (earns(i) >= 0) {
        counts[i] = std::min(room, options[i].most);
        room -= counts[i];
      }
    }
    return fleet_of(std::move(counts), options, seen);
  };
  std::optional<Fleet> best;
  for (auto fleet = best_at(1e9); fleet.rate > 0; fleet = best_at(best->usd_per_task())) {
    if (best && fleet.usd_per_task() >= best->usd_per_task()) {
      break;
    }
    best = std::move(fleet);
  }
  return best;
}

std::optional<Fleet> fastest_within(std::span<const FleetOption> options, int nodes, double tasks,
                                    double usd, const FleetObservation& seen) {
  FleetProgram program{.kinds = {}, .weight_limit = 0, .nodes = nodes};
  // All the while tasks are left the fleet costs so much: the budget is kept where cost * tasks is
  // at most rate * budget, a sum over the workers.
  for (const auto& option : options) {
    program.kinds.push_back(
        {option.rate, option.usd_per_second * tasks - option.rate * usd, option.most});
  }
  program.weight_limit =
      seen.manager_rate * usd - seen.manager_price.dollars() / kSecondsAnHour * tasks;
  auto found = solve(program);
  if (!found) {
    return std::nullopt;
  }
  auto fleet = fleet_of(std::move(found->counts), options, seen);
  return fleet.rate > 0 ? std::optional{std::move(fleet)} : std::nullopt;
}

FleetDecision become(const Fleet& fleet, std::span<const FleetOption> options,
                     const FleetObservation& seen, FleetReason launching, FleetReason ending) {
  FleetDecision decision;
  std::vector<int> keep(seen.pools.size(), 0);
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto count = fleet.counts[i];
    if (options[i].is_kept) {
      keep[options[i].pool] += count;
    } else if (count > 0) {
      decision.launches.push_back({{options[i].pool}, count, count, 1, launching});
    }
  }
  // Of a pool's workers those stay that are of most use.
  std::vector<const Worker*> workers;
  for (const auto& worker : seen.workers) {
    workers.push_back(&worker);
  }
  std::stable_sort(workers.begin(), workers.end(), [&](const Worker* a, const Worker* b) {
    const auto rate = [&](const Worker& worker) {
      const auto& measured = seen.pools[worker.pool].measured;
      return worker.reported ? worker.reported->mean : measured.value_or(Throughput{}).mean;
    };
    return rate(*a) != rate(*b) ? rate(*a) > rate(*b) : a->ready_for > b->ready_for;
  });
  for (const auto* worker : workers) {
    if (--keep[worker->pool] < 0) {
      decision.endings.push_back({worker->id, ending});
    }
  }
  return decision;
}

}  // namespace spotvane::policy
