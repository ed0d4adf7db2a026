#pragma once

#include "cli/command.hpp"

#include <memory>

namespace spotvane::cli {

/// What the user set, as a connection takes it; of several profiles the first.
CloudOptions cloud_options(const Settings& settings);

/// A home and AWS, both open.
struct CloudSession {
  std::unique_ptr<Home> home;
  std::unique_ptr<Cloud> cloud;
};

/// Opens the home, for its state alone unless it is to probe, and connects, by the user's settings.
/// Fails as `World` does.
Result<CloudSession> open_home_and_cloud(Environment& environment, HomeUse use,
                                         bool one_at_a_time = false);

/// The same, and has AWS say who we are; fails as that does, too.
Result<CloudSession> open_with_identity(Environment& environment, HomeUse use,
                                        bool one_at_a_time = false);

/// Asks AWS who we are: it shows whether the keys are good, and a lab answers with its time.
Result<CallerIdentity> ask_identity(World& world, Cloud& cloud);

}  // namespace spotvane::cli
