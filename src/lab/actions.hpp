#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>
#include <string_view>

namespace spotvane::lab {

/// Gives the body of a good answer.
using Action = Answered<std::string> (*)(World& world, const Call& call);

/// What the lab does under a service's name and an action's; null where it does nothing.
Action find_action(std::string_view service, std::string_view action);

/// Whether a request for it is not signed: it carries something else that says who sends it.
bool is_open_to_all(std::string_view service, std::string_view action);

}  // namespace spotvane::lab
