#pragma once

#include "cli/command.hpp"
#include "cli/connections.hpp"
#include "market/collector.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::cli {

/// What the user set, as the market part takes it. Fails with `InvalidInput` where settings do not
/// go together.
Result<market::PlanOptions> plan_options(const Settings& settings);

/// Says so where capacities are to be swept, and the plan asks for one alone.
void say_what_is_not_swept(Environment& environment, bool is_swept);

/// A collector on an open home and connected clouds, and the loop turned for it.
///
/// Borrows the environment; what it opened closes with it.
class MarketSession {
 public:
  struct Options {
    market::CollectorOptions collector;
    CloudOptions cloud;
    std::vector<ChosenProfile> profiles = {{"default"}};  ///< whose quotas are used
  };

  /// Opens the home for itself alone, and connects. Fails as `World` and `Connections` do.
  static Result<std::unique_ptr<MarketSession>> open(Environment& environment, Options options);

  StateStore& state() { return home_->state(); }
  Lake& lake() { return home_->lake(); }
  ProbeArchive& probe_archive() { return home_->probe_archive(); }
  /// That whose clock is the market's.
  Cloud& cloud() { return connections_.first(); }

  /// Asks who we are, again: in a lab that was moved, what time it is there.
  Result<CallerIdentity> ask_identity();

  /// Fails with `InvalidInput` on the first of `regions` that AWS does not have.
  Result<void> check_regions(const std::vector<model::Region>& regions);

  /// Runs one cycle to its end; Ctrl-C gives it up. `describe` words the progress line.
  Result<market::CycleSummary> run_cycle(
      const std::function<std::string(const market::CycleProgress&)>& describe);

  /// Waits on the market's time; false where the user wants to stop.
  bool wait(Duration delay);

 private:
  MarketSession(Environment& environment, std::unique_ptr<Home> home, Connections connections);

  Environment& environment_;
  std::unique_ptr<Home> home_;
  Connections connections_;
  std::unique_ptr<market::Collector> collector_;
};

}  // namespace spotvane::cli
