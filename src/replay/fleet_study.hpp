#pragma once

#include "policy/fleet_catalog.hpp"
#include "replay/fleet_replay.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::replay {

/// One job by every policy with every budget, many times.
struct FleetStudy {
  policy::FleetJob job;                       ///< its budget apart
  std::vector<std::optional<Money>> budgets;  ///< at least one, if only none
  std::vector<policy::NamedFleetPolicy> policies;
  FleetMarket market;
  FleetWorld world;
  std::optional<TimePoint> start = {};  ///< of every run; else each draws its own
  std::uint64_t seed = 0;
  int runs = 1;
};

struct FleetStudyRun {
  int run;
  std::size_t budget;  ///< which of the study's
  std::size_t policy;  ///< which of the study's
  TimePoint start;
  FleetOutcome outcome;
  double oracle_usd;  ///< the least any course over these hours could cost
};

/// Checks that what a study asks makes sense. Fails with `InvalidInput`: a policy without the
/// budget or deadline it needs, a start outside the market, no pool that is priced and measured.
Result<void> check(const FleetStudy& study);

/// Runs a checked study on so many threads; the runs come in the study's order, and are the same
/// whatever the number. In one run every policy meets the same market from the same start. `go_on`
/// is asked now and then, on the calling thread. Fails with `Cancelled` where it says no.
Result<std::vector<FleetStudyRun>> run_fleet_study(
    const FleetStudy& study, int threads, const std::function<bool(double share_done)>& go_on);

}  // namespace spotvane::replay
