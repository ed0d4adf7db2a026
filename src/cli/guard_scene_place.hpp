#pragma once

#include "cli/world.hpp"
#include "lab/local_calls.hpp"
#include "ports/fleets.hpp"

#include <string>

namespace spotvane::cli {

// The cluster of `GuardScene` as its operator sets it up.

inline constexpr const char* kSceneRegion = "us-east-1";
inline constexpr const char* kSceneCluster = "prod";
inline constexpr const char* kSceneStandIn = "stand-in";  ///< the group of on-demand servers
inline constexpr int kSceneUnits = 2;                     ///< vCPUs of each host

/// A service that the cluster is to run.
struct SceneOrder {
  const char* name;
  int count;
  int least_percent;
  bool is_precious;  ///< on on-demand hosts only
};

/// Queue, event rule, cluster, launch template, groups: of so many servers on demand that are
/// always there, and of so many at most that stand in. Answers the queue's URL.
Result<std::string> set_up_scene(lab::LocalCalls& calls, const std::string& image, int always_on,
                                 int most_servers);

/// What the fleet is to launch: `hosts` of two vCPUs, over several types.
FleetOrder scene_fleet(int hosts);

Result<void> set_up_service(lab::LocalCalls& calls, const SceneOrder& order);

}  // namespace spotvane::cli
