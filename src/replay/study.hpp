#pragma once

#include "policy/catalog.hpp"
#include "replay/availability_trace.hpp"
#include "replay/job_replay.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spotvane::replay {

/// A policy by its name, or the oracle.
struct Contender {
  std::string name;
  std::optional<policy::MakePolicy> make;  ///< none: the oracle
  /// Another one for the windows of these zones.
  std::map<std::string, policy::MakePolicy> by_zone = {};
};

/// "oracle", or as `policy::policy_named`, with its failure.
Result<Contender> contender_named(std::string_view name);

/// How often an hour stretches with spot and outages ended in these traces, but for those of
/// `left_out`, by their ages. Where nothing was so old, the prior that holds anywhere.
policy::SpotHazards counted_hazards(std::span<const AvailabilityTrace> traces,
                                    std::string_view left_out);

/// One job by every policy at every deadline and change-over, in every window.
struct Study {
  std::vector<AvailabilityTrace> traces;
  std::vector<Window> windows;  ///< empty: one of each trace, all of it
  bool is_multi_zone = false;   ///< whether a job may go to any of the traces' zones
  Duration work;
  std::vector<Duration> deadlines;
  std::vector<Duration> changeovers;
  Money spot_price;  ///< of an hour, in every zone
  Money on_demand_price;
  std::vector<Contender> contenders;
};

struct Run {
  std::size_t window;      ///< which of the study's
  std::size_t contender;   ///< which of the study's
  std::size_t changeover;  ///< which of the study's
  std::size_t deadline;    ///< which of the study's
  Outcome outcome;
};

/// Gives a study without windows one for each trace, and checks that what it asks makes sense.
/// Fails with `InvalidInput`, naming the window that no trace holds, a deadline that lies beyond a
/// window's end or that the work cannot meet at all.
Result<Study> checked(Study study);

/// Runs a checked study on so many threads; the runs come in the study's order, whatever the
/// number. `go_on` is asked now and then, on the calling thread, with the share that is done. Fails
/// with `Cancelled` where it says no, else as `cheapest_courses`.
Result<std::vector<Run>> run_study(const Study& study, int threads,
                                   const std::function<bool(double share_done)>& go_on);

}  // namespace spotvane::replay
