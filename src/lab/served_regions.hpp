#pragma once

#include "lab/call.hpp"
#include "lab/route.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

/// Refuses calls to regions that do not have the service, or that the account has not enabled.
Answered<void> check_region(const World& world, const Route& route, const model::Region& region);

}  // namespace spotvane::lab
