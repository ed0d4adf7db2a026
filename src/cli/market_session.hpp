#pragma once

#include "cli/command.hpp"
#include "market/collector.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::cli {

/// What the user set, as the market part takes it.
market::PlanOptions plan_options(const Settings& settings);

/// What the user set, as a connection takes it.
CloudOptions cloud_options(const Settings& settings);

/// What the ledger calls the credential in use: the profile's name, chosen or from AWS_PROFILE.
model::CredentialName credential_name(Environment& environment);

/// A collector on an open home and a connected cloud, and the loop turned for it.
///
/// Borrows the environment; what it opened closes with it.
class MarketSession {
 public:
  struct Options {
    market::CollectorOptions collector;
    CloudOptions cloud;
    model::CredentialName credential{"default"};  ///< whose quota is used
  };

  /// Opens the home for itself alone, connects, and asks who we are: that shows at once whether the
  /// keys are good, and a lab answers with its time. Fails as `World` does, and as AWS does.
  static Result<std::unique_ptr<MarketSession>> open(Environment& environment, Options options);

  StateStore& state() { return home_->state(); }
  Lake& lake() { return home_->lake(); }
  Cloud& cloud() { return *cloud_; }

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
  MarketSession(Environment& environment, std::unique_ptr<Home> home, std::unique_ptr<Cloud> cloud);

  Environment& environment_;
  std::unique_ptr<Home> home_;
  std::unique_ptr<Cloud> cloud_;
  std::unique_ptr<market::Collector> collector_;
};

}  // namespace spotvane::cli
