#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> create_fleet(World& world, const Call& call);
Answered<std::string> describe_fleets(World& world, const Call& call);
Answered<std::string> describe_fleet_instances(World& world, const Call& call);
Answered<std::string> delete_fleets(World& world, const Call& call);

}  // namespace spotvane::lab
