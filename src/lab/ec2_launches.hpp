#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> run_instances(World& world, const Call& call);
Answered<std::string> terminate_instances(World& world, const Call& call);

}  // namespace spotvane::lab
