#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> get_parameter(World& world, const Call& call);
Answered<std::string> get_parameters(World& world, const Call& call);
Answered<std::string> get_parameters_by_path(World& world, const Call& call);

}  // namespace spotvane::lab
