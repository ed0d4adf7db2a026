#include "cli/own_outcomes.hpp"

#include "probe/probe_archiving.hpp"

#include <map>

namespace spotvane::cli {

namespace {

using market::OwnOutcomes;

void add(OwnOutcomes& sum, const OwnOutcomes& more) {
  sum.launches += more.launches;
  sum.fulfilled += more.fulfilled;
  sum.instances += more.instances;
  sum.interrupted += more.interrupted;
}

/// What probes saw, by pool; of a region where they named no zone.
Result<market::OwnOutcomesByPool> of_probes(ProbeLedger& ledger, TimePoint from, TimePoint to) {
  const auto records = ledger.probes(from, to);
  if (!records) {
    return tl::unexpected(records.error());
  }
  return probe::read_histories(ledger, *records).map([](const auto& histories) {
    market::OwnOutcomesByPool outcomes;
    for (const auto& one : probe::pool_statistics(histories)) {
      outcomes[one.pool] = {.launches = one.requested,
                            .fulfilled = one.fulfilled,
                            .instances = one.fulfilled,
                            .interrupted = one.interrupted};
    }
    return outcomes;
  });
}

using OutcomesByZone = std::map<std::pair<model::InstanceType, model::ZoneId>, OwnOutcomes>;

/// What jobs saw of spot pools whose zone the account knows.
Result<void> count_jobs(JobStore& store, const market::ZoneNames& names, TimePoint from,
                        OutcomesByZone& outcomes) {
  const auto jobs = store.jobs();
  if (!jobs) {
    return tl::unexpected(jobs.error());
  }
  const auto count = [&](const model::WorkerPool& pool, const OwnOutcomes& more) {
    if (const auto zone = names.zone(pool.zone.text()); zone && !pool.is_on_demand) {
      add(outcomes[{pool.type, *zone}], more);
    }
  };
  for (const auto& job : *jobs) {
    if (job.course.ended && *job.course.ended < from) {
      continue;
    }
    const auto launches = store.launches(job.head.id);
    const auto workers = store.workers(job.head.id);
    if (!launches || !workers) {
      return tl::unexpected(!launches ? launches.error() : workers.error());
    }
    for (const auto& launch : *launches) {
      if (!launch.is_open && launch.decided >= from) {
        count(launch.pool, {.launches = launch.count, .fulfilled = launch.realised});
      }
    }
    for (const auto& worker : *workers) {
      if (worker.running && worker.launched >= from) {
        count(worker.pool, {.instances = 1, .interrupted = worker.is_interrupted ? 1 : 0});
      }
    }
  }
  return {};
}

}  // namespace

Result<market::OwnOutcomesByPool> own_outcomes(StateStore& state,
                                               std::span<const model::PoolState> pools,
                                               const market::ZoneNames& names, TimePoint now) {
  const auto probed = of_probes(state.probes(), now - kOutcomesCount, TimePoint::max());
  if (!probed) {
    return tl::unexpected(probed.error());
  }
  OutcomesByZone jobs;
  if (auto counted = count_jobs(state.jobs(), names, now - kOutcomesCount, jobs); !counted) {
    return tl::unexpected(std::move(counted.error()));
  }
  market::OwnOutcomesByPool outcomes;
  if (probed->empty() && jobs.empty()) {
    return outcomes;
  }
  for (const auto& [pool, market_state] : pools) {
    OwnOutcomes sum;
    const auto take = [&](const auto& from, const auto& key) {
      if (const auto found = from.find(key); found != from.end()) {
        add(sum, found->second);
      }
    };
    take(*probed, pool);
    if (!pool.zone.empty()) {
      take(*probed, model::Pool{pool.type, pool.region, {}});
      take(jobs, std::pair{pool.type, pool.zone});
    }
    if (sum.launches + sum.instances > 0) {
      outcomes.emplace(pool, sum);
    }
  }
  return outcomes;
}

}  // namespace spotvane::cli
