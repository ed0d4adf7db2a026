#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

/// Opens a session of a role: its keys are taken from then on, until they expire by the wall's
/// clock.
Account open_session(World& world, std::string account, std::string role, std::string name,
                     TimePoint expires);

Answered<std::string> get_caller_identity(World& world, const Call& call);

// Every role there could be is there, and lets everybody assume it. The keys are good for as long
// as asked, by the wall's clock.
Answered<std::string> assume_role(World& world, const Call& call);
Answered<std::string> assume_role_with_web_identity(World& world, const Call& call);

}  // namespace spotvane::lab
