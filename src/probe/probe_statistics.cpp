#include "probe/probe_statistics.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace spotvane::probe {

namespace {

using model::ProbeOutcome;

double seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

/// How long the probe would have waited for an instance that did not come.
Duration horizon_of(const model::ProbeRecord& record, TimePoint requested) {
  const bool is_cut_short = record.end && (record.end->outcome == ProbeOutcome::Stopped ||
                                           record.end->outcome == ProbeOutcome::CutShort);
  return is_cut_short ? std::clamp(record.end->at - requested, Duration{0}, record.plan.timeout)
                      : record.plan.timeout;
}

/// One wait for each instance asked for: until the first `what` of each, else to the horizon.
void add_waits(const ProbeHistory& probe, std::string_view what, TimePoint requested,
               std::vector<Wait>& waits) {
  const auto horizon = horizon_of(probe.record, requested);
  std::map<std::string, Duration> came;
  for (const auto& event : probe.events) {
    if (event.what == what && event.at - requested <= horizon) {
      came.emplace(event.subject, event.at - requested);
    }
  }
  for (const auto& [instance, span] : came) {
    waits.push_back({seconds(span), true});
  }
  for (int i = static_cast<int>(came.size()); i < probe.record.plan.count; ++i) {
    waits.push_back({seconds(horizon), false});
  }
}

int count(const ProbeHistory& probe, std::string_view what) {
  return static_cast<int>(std::count_if(probe.events.begin(), probe.events.end(),
                                        [&](const auto& event) { return event.what == what; }));
}

int came(const std::vector<Wait>& waits) {
  return static_cast<int>(
      std::count_if(waits.begin(), waits.end(), [](const Wait& wait) { return wait.is_over; }));
}

}  // namespace

std::vector<PoolStatistics> pool_statistics(const std::vector<ProbeHistory>& probes) {
  std::map<model::Pool, PoolStatistics> pools;
  for (const auto& probe : probes) {
    const auto requested = probe.record.requested;
    if (!requested) {
      continue;  // AWS was never asked
    }
    auto& pool = pools[probe.record.plan.pool];
    pool.pool = probe.record.plan.pool;
    ++pool.probes;
    pool.requested += probe.record.plan.count;
    pool.interrupted += count(probe, "interrupted");
    add_waits(probe, "fulfilled", *requested, pool.to_fulfilled);
    add_waits(probe, "running", *requested, pool.to_running);
    add_waits(probe, "ready", *requested, pool.to_ready);
  }
  std::vector<PoolStatistics> all;
  for (auto& [key, pool] : pools) {
    pool.fulfilled = came(pool.to_fulfilled);
    pool.ready = came(pool.to_ready);
    all.push_back(std::move(pool));
  }
  return all;
}

}  // namespace spotvane::probe
