#pragma once

#include "base/time.hpp"
#include "model/instance_type.hpp"

#include <cstdint>
#include <optional>

namespace spotvane::sim {

/// How long an instance takes after its launch, each from the launch on.
struct LaunchTimes {
  Duration running;
  Duration system_ok;
  Duration instance_ok;
  std::optional<Duration> ebs_ok;  ///< none: not reported for the type
};

/// How much harder than usual a launch is where the pool could start `room` instances: 1 where that
/// is plenty, more the fewer they are. Its score falls as this rises.
double launch_strain(double room);

/// Draws them; `strain` is of `launch_strain`. The same key gives the same times.
LaunchTimes draw_launch_times(std::uint64_t key, const model::InstanceTypeFacts& type,
                              double strain);

/// Draws how long a spot request is looked at before its first verdict, how long a good one takes
/// from the verdict to its instance, and how long a bad one waits for the next.
Duration draw_evaluation(std::uint64_t key);
Duration draw_fulfilment(std::uint64_t key, double strain);
Duration draw_next_evaluation(std::uint64_t key);

/// Draws how long an instance takes from shutting down to terminated.
Duration draw_shutdown(std::uint64_t key);

/// Whether EC2 reports the attached-EBS check: it does for what runs on its Nitro system.
bool reports_ebs_check(const model::InstanceType& type);

}  // namespace spotvane::sim
