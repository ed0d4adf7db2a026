#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> cancel_spot_fleet_requests(World& world, const Call& call);
Answered<std::string> describe_spot_fleet_instances(World& world, const Call& call);
Answered<std::string> describe_spot_fleet_request_history(World& world, const Call& call);
Answered<std::string> describe_spot_fleet_requests(World& world, const Call& call);
Answered<std::string> modify_spot_fleet_request(World& world, const Call& call);
Answered<std::string> request_spot_fleet(World& world, const Call& call);

}  // namespace spotvane::lab
