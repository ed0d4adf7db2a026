#pragma once

#include <string>

namespace spotvane::agent {

/// Where in ECS the instance stands; both empty where it does not.
struct EcsPlace {
  std::string cluster = {};
  std::string container_arn = {};
};

/// What the agent knows of the instance it runs on; empty where it does not.
struct Host {
  std::string instance_id = {};
  std::string instance_type = {};
  std::string region = {};
  std::string availability_zone = {};
  std::string availability_zone_id = {};
  std::string life_cycle = {};  ///< "spot", "on-demand"
  std::string fleet_id = {};
  std::string asg_name = {};
  EcsPlace ecs = {};
};

}  // namespace spotvane::agent
