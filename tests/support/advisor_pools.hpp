#pragma once

#include <string>
#include <vector>

namespace spotvane::support {

/// A regional pool of the Spot Advisor's file of 2025-06-28.
struct AdvisorPool {
  std::string instance_type;
  std::string region;
  int zones;
};

/// Its 10,916 Linux pools in the 17 default regions, by type. A region has three zones, but for
/// us-east-1 with six, us-west-2 and ap-northeast-2 with four, and us-west-1 with two.
std::vector<AdvisorPool> advisor_pools();

/// The zone counts of each type's regions.
std::vector<std::vector<int>> advisor_zone_counts();

}  // namespace spotvane::support
