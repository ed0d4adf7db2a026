#pragma once

#include "policy/fleet.hpp"
#include "policy/fleet_program.hpp"

#include <functional>
#include <span>
#include <vector>

namespace spotvane::policy {

/// What a policy may do with one pool: keep so many of its workers, or launch so many more.
struct FleetOption {
  std::size_t pool;
  bool is_kept;
  double rate;            ///< tasks a second of one, cautiously, launches and preemptions paid
  double usd_per_second;  ///< of one
  int most;
};

/// Which of an observation's pools and workers are considered.
using PoolFilter = std::function<bool(const FleetPool&)>;

/// All there is to be had, kept workers first. A rate is the mean less `caution` deviations, times
/// what a full fleet leaves of it; of a new worker, times the share of its life that its launch
/// leaves; a life is no longer than launch and `horizon`, and counts for an hour. A kept worker is
/// taken to do what its type does, but for one that reports clearly less.
std::vector<FleetOption> fleet_options(const FleetJob& job, const FleetObservation& seen,
                                       double caution, Duration horizon, const PoolFilter& filter);
std::vector<FleetOption> fleet_options(const FleetJob& job, const FleetObservation& seen,
                                       double caution, Duration horizon);

/// What is seen, as it were if each pool had room: some are only closed for a while.
class OpenPools {
 public:
  explicit OpenPools(const FleetObservation& seen);

  OpenPools(const OpenPools&) = delete;
  OpenPools& operator=(const OpenPools&) = delete;

  const FleetObservation& seen() const { return seen_; }

 private:
  std::vector<FleetPool> pools_;
  FleetObservation seen_;
};

/// In what time a full fleet of the fastest would do the rest at best.
Duration shortest_time(const FleetJob& job, const FleetObservation& seen, double caution);

/// So many of each option, and what they do and cost together with the manager.
struct Fleet {
  std::vector<int> counts;  ///< by option
  double rate = 0;          ///< tasks a second
  double usd_per_second = 0;

  double usd_per_task() const { return usd_per_second / rate; }
};

Fleet fleet_of(std::vector<int> counts, std::span<const FleetOption> options,
               const FleetObservation& seen);

/// The fleet whose tasks cost least, the manager's hours counted; none where nothing does any.
std::optional<Fleet> cheapest_work(std::span<const FleetOption> options, int nodes,
                                   const FleetObservation& seen);

/// The fastest fleet that does `tasks` for `usd`, in whole numbers; none where no fleet does.
std::optional<Fleet> fastest_within(std::span<const FleetOption> options, int nodes, double tasks,
                                    double usd, const FleetObservation& seen);

/// The endings and launches that make the fleet of what runs.
FleetDecision become(const Fleet& fleet, std::span<const FleetOption> options,
                     const FleetObservation& seen, FleetReason launching, FleetReason ending);

}  // namespace spotvane::policy
