#pragma once

#include "cli/command.hpp"
#include "probe/probe_statistics.hpp"
#include "probe/recovery.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace spotvane::cli {

/// What a user set of the limits.
probe::Limits probe_limits(const Settings& settings);

/// How a session of probes is to be.
struct ProbeSessionOptions {
  Duration interval = std::chrono::seconds{3};  ///< between two looks
  /// Asks AWS who we are until it says so, for some minutes: what runs costs money.
  bool insists = false;
};

/// Probes on an open home and a connected cloud, and the loop turned for them. Borrows the
/// environment.
class ProbeSession {
 public:
  /// Opens the home as the only one that probes, and connects. Fails as `World` does, and as AWS
  /// does where it will not say who we are.
  static Result<std::unique_ptr<ProbeSession>> open(Environment& environment,
                                                    const ProbeSessionOptions& options = {});

  StateStore& state() { return home_->state(); }
  Lake& lake() { return home_->lake(); }
  Cloud& cloud() { return *cloud_; }
  probe::ProbeRun& run() { return *run_; }

  /// Finds what earlier runs left, and ends it; returns once AWS shows none of it any more. Fails
  /// with `Cancelled` where the user does not wait for that: the ledger knows then.
  Result<probe::RecoverySummary> recover(const probe::RecoveryOptions& options);

  /// Whether what is launched there could be timed, and ended again. Fails with `Denied`, naming
  /// the action.
  Result<void> check_may_probe(const model::Region& region);

  /// Runs what was begun to the end. Ctrl-C ends it early, a second one leaves it: false.
  bool finish();

  /// Puts what is over into the archive. What stands in the way of that is only said: the database
  /// has it all.
  void archive();

  /// All that the ledger has of these probes.
  Result<std::vector<probe::ProbeHistory>> histories(const std::set<model::ProbeId>& probes);

 private:
  ProbeSession(Environment& environment, std::unique_ptr<Home> home, std::unique_ptr<Cloud> cloud,
               Duration interval);

  probe::ProbePorts ports();
  void show_progress();

  Environment& environment_;
  std::unique_ptr<Home> home_;
  std::unique_ptr<Cloud> cloud_;
  std::unique_ptr<probe::ProbeRun> run_;
  std::set<std::string> said_;  // troubles, once each
};

/// Says what a recovery did; Partly where it could not look everywhere.
ExitCode say_recovered(Console& console, const probe::RecoverySummary& summary);

}  // namespace spotvane::cli
