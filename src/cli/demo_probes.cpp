#include "cli/demo_probes.hpp"

#include "cli/catalog_session.hpp"
#include "cli/lab_steps.hpp"
#include "cli/probe_plans.hpp"
#include "probe/probe_archiving.hpp"
#include "probe/probe_run.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace spotvane::cli {

namespace {

/// Play money: what is best may be large and dear.
constexpr probe::Limits kNoLimits{.instances = 1'000'000,
                                  .vcpus = 1'000'000,
                                  .dollars_a_day = Money::from_micros(1'000'000'000'000)};

/// Best first, and no more than `most` that can be launched.
Result<std::vector<model::ProbePlan>> plan_best(const DemoPlace& place,
                                                std::vector<model::DailyScore> scores,
                                                std::size_t most) {
  std::stable_sort(scores.begin(), scores.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  auto& session = place.session;
  const model::ProbePlan wanted{.id = {}, .pool = {}, .intended = place.lab.clock().now()};
  std::vector<market::RegionCatalog> catalogs;
  std::set<model::Region> regions;
  std::vector<model::PoolChoice> pools;
  for (const auto& one : scores) {
    if (pools.size() == most) {
      break;
    }
    if (regions.insert(one.pool.region).second) {
      auto synced =
          sync_catalogs(place.environment, session.cloud(), session.state(), {one.pool.region});
      if (!synced) {
        return tl::unexpected(std::move(synced.error()));
      }
      for (auto& catalog : *synced) {
        catalogs.push_back(std::move(catalog.catalog));
      }
    }
    const model::PoolChoice pool{.type = one.pool.type, .region = one.pool.region};
    if (plan_probes(wanted, {pool}, catalogs, place.seed)) {
      pools.push_back(pool);
    }
  }
  return plan_probes(wanted, pools, catalogs, place.seed);
}

}  // namespace

Result<std::vector<probe::ProbeHistory>> probe_best(const DemoPlace& place,
                                                    const std::vector<model::DailyScore>& scores) {
  auto& [environment, session, lab, access, seed] = place;
  auto options = access;
  options.one_at_a_time = true;
  const auto cloud = environment.world.connect(options);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto plans =
      plan_best(place, scores, static_cast<std::size_t>(environment.settings.probe_pools));
  if (!plans) {
    return tl::unexpected(plans.error());
  }
  auto& ledger = session.state().probes();
  LabSteps steps{lab, environment.world, **cloud};
  probe::ProbeRun run{{.limits = kNoLimits}, {lab.clock(), steps, (*cloud)->instances(), ledger}};
  for (const auto& plan : *plans) {
    if (auto begun = run.begin(plan); !begun) {
      return tl::unexpected(std::move(begun.error()));
    }
  }
  auto done = steps.run_until([&] { return run.is_done(); });
  if (done) {
    done =
        probe::archive_probes(ledger, session.probe_archive()).map([](std::size_t /*probes*/) {});
  }
  if (!done) {
    return tl::unexpected(std::move(done.error()).during("probe the day's pools"));
  }
  return ledger.probes(TimePoint{}, TimePoint::max()).and_then([&](const auto& records) {
    return probe::read_histories(ledger, records);
  });
}

}  // namespace spotvane::cli
