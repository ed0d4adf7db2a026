#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> describe_instances(World& world, const Call& call);
Answered<std::string> describe_instance_status(World& world, const Call& call);
/// What the processes of an instance have written; nothing where it is modelled.
Answered<std::string> get_console_output(World& world, const Call& call);

}  // namespace spotvane::lab
