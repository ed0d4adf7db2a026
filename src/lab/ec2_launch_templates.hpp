#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

Answered<std::string> create_launch_template(World& world, const Call& call);
Answered<std::string> describe_launch_templates(World& world, const Call& call);
Answered<std::string> describe_launch_template_versions(World& world, const Call& call);
Answered<std::string> delete_launch_template(World& world, const Call& call);

}  // namespace spotvane::lab
