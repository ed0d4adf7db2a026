#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

// Instances that run a job each: `job launch-manager` starts them.

/// Their tag; its value: the job's name.
inline constexpr auto kManagerTag = "spotvane:manager";

/// What such an instance is told besides the job's file.
struct ManagerPlace {
  model::Region region;
  std::optional<std::string> state_url = {};  ///< of the state that it shares; none: its own
  double usd_per_hour = 0;                    ///< its own price, its volume included
};

/// What it does as it boots: gets the job's file, runs it, and shuts down, which terminates it.
/// Fails with `InvalidInput` where that is too long, where nothing brings spotvane onto it, and
/// where it would publish the password of the shared state: user data is no place for secrets.
Result<std::string> manager_user_data(const JobFile& file, const std::string& text,
                                      const ManagerPlace& place);

/// Those that AWS shows pending or running.
Result<std::vector<model::Instance>> managers_of(World& world, Cloud& cloud,
                                                 const model::Region& region,
                                                 const std::string& job);

/// Notes in the state that this instance was started to run the job.
Result<void> note_manager(StateStore& state, const std::string& job, const model::Region& region);

/// Where the job runs, as an error that says what to do there: on an instance started from here
/// that lives, and whose state we do not share. None where there is no such instance. Fails as AWS
/// does, asked for it.
Result<std::optional<Error>> hosted_elsewhere(Environment& environment, StateStore& state,
                                              const std::string& job);

}  // namespace spotvane::cli
