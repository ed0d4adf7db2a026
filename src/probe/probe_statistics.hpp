#pragma once

#include "model/probe.hpp"
#include "probe/survival.hpp"

#include <vector>

namespace spotvane::probe {

/// All that is known of one probe.
struct ProbeHistory {
  model::ProbeRecord record;
  std::vector<model::ProbeEvent> events = {};
  std::vector<model::ReadyCount> ready = {};
};

/// How long what the probes of one pool asked for took to come.
struct PoolStatistics {
  model::Pool pool;
  int probes = 0;
  int requested = 0;    ///< instances
  int fulfilled = 0;    ///< of them, in time
  int ready = 0;        ///< of these, in time
  int interrupted = 0;  ///< taken back while they were watched
  // Since the request; one wait for each instance asked for.
  std::vector<Wait> to_fulfilled = {};
  std::vector<Wait> to_running = {};
  std::vector<Wait> to_ready = {};
};

/// By pool. An instance that never came stays awaited to the end of the time it was given: that a
/// request failed for good tells of the pool, and must not pass for a wait cut short by chance.
/// Only a probe that was stopped, or died, gave up at random: its instances were awaited until
/// then.
std::vector<PoolStatistics> pool_statistics(const std::vector<ProbeHistory>& probes);

}  // namespace spotvane::probe
