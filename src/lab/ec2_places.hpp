#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> describe_regions(World& world, const Call& call);
Answered<std::string> describe_availability_zones(World& world, const Call& call);

}  // namespace spotvane::lab
