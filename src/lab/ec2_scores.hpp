#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> get_spot_placement_scores(World& world, const Call& call);

}  // namespace spotvane::lab
