#pragma once

#include "lab/launch_form.hpp"

namespace spotvane::lab {

/// Reads a CreateFleet call of type instant; refuses other types.
Answered<sim::FleetOrder> read_fleet_order(const World& world, const Call& call);

/// What the call's LaunchTemplateConfigs may launch. Refuses what EC2 would.
Answered<std::vector<sim::FleetCandidate>> read_candidates(const World& world, const Call& call);

}  // namespace spotvane::lab
