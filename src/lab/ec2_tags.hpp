#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> create_tags(World& world, const Call& call);
Answered<std::string> delete_tags(World& world, const Call& call);
Answered<std::string> describe_tags(World& world, const Call& call);

}  // namespace spotvane::lab
