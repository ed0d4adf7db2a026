#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

// An account's networks: in each region the default VPC, and in it a subnet for each zone.

Answered<std::string> describe_subnets(World& world, const Call& call);
Answered<std::string> describe_vpcs(World& world, const Call& call);

}  // namespace spotvane::lab
