#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> describe_images(World& world, const Call& call);

}  // namespace spotvane::lab
