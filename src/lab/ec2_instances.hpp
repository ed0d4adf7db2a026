#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> describe_instances(World& world, const Call& call);
Answered<std::string> describe_instance_status(World& world, const Call& call);

}  // namespace spotvane::lab
