#pragma once

#include "lab/launch_form.hpp"

namespace spotvane::lab {

/// Reads a CreateFleet call of type instant; refuses other types.
Answered<sim::FleetOrder> read_fleet_order(const World& world, const Call& call);

}  // namespace spotvane::lab
