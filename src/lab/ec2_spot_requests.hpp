#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> request_spot_instances(World& world, const Call& call);
Answered<std::string> describe_spot_instance_requests(World& world, const Call& call);
Answered<std::string> cancel_spot_instance_requests(World& world, const Call& call);

}  // namespace spotvane::lab
