#include "probe/probe_run.hpp"

#include <algorithm>

namespace spotvane::probe {

RegionWatch& ProbeRun::watch(const model::Region& region) {
  auto& found = watches_[region];
  if (!found) {
    found = std::make_shared<RegionWatch>(region, ports_, options_.watch);
  }
  return *found;
}

Result<void> ProbeRun::begin(const model::ProbePlan& plan) {
  const auto now = ports_.clock.now();
  const auto today = TimePoint{day_of(now)};
  auto uncleared = ports_.ledger.uncleared();
  auto of_today = ports_.ledger.probes(today, today + std::chrono::days{1});
  if (!uncleared || !of_today) {
    return tl::unexpected(!uncleared ? uncleared.error() : of_today.error());
  }
  return check_limits(plan, *uncleared, *of_today, options_.limits, now)
      .and_then([&] { return ports_.ledger.begin(plan); })
      .map([&] { watch(plan.pool.region).add({ProbeMachine{plan, options_.patience}}); });
}

void ProbeRun::clean(const Leftover& leftover) {
  const auto& plan = leftover.record.plan;
  if (knows(plan.id)) {
    for (auto& [region, watch] : watches_) {
      watch->take(plan.id, leftover.resources);
    }
  } else {
    watch(plan.pool.region)
        .add({ProbeMachine::leftover(leftover.record, leftover.resources, ports_.clock.now(),
                                     options_.patience),
              leftover.is_in_ledger});
  }
}

void ProbeRun::stop(model::ProbeOutcome outcome, const std::string& note) {
  for (auto& [region, watch] : watches_) {
    watch->stop(outcome, note);
  }
}

bool ProbeRun::is_done() const {
  return std::all_of(watches_.begin(), watches_.end(),
                     [](const auto& one) { return one.second->is_done(); });
}

bool ProbeRun::is_measuring() const {
  const auto all = probes();
  return std::any_of(all.begin(), all.end(), [](const auto* one) { return one->is_measuring(); });
}

bool ProbeRun::knows(const model::ProbeId& probe) const {
  return std::any_of(watches_.begin(), watches_.end(),
                     [&](const auto& one) { return one.second->probes().contains(probe); });
}

std::vector<const ProbeMachine*> ProbeRun::probes() const {
  std::map<model::ProbeId, const ProbeMachine*> by_name;
  for (const auto& [region, watch] : watches_) {
    for (const auto& [id, probe] : watch->probes()) {
      by_name.emplace(id, &probe.machine);
    }
  }
  std::vector<const ProbeMachine*> all;
  for (const auto& [id, machine] : by_name) {
    all.push_back(machine);
  }
  return all;
}

}  // namespace spotvane::probe
