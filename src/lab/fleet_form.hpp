#pragma once

#include "lab/launch_form.hpp"
#include "sim/spot_fleets.hpp"

namespace spotvane::lab {

/// Reads a CreateFleet call of any type. Refuses what EC2 would, and what the lab does not know.
Answered<sim::FleetOrder> read_fleet_order(const World& world, const Call& call);

/// "instant", "maintain", "request"; what CreateFleet is without a word of it. Refuses others.
Answered<std::string> read_fleet_type(const Call& call);

/// The two targets of a ModifyFleet, as they are to be. Refuses what EC2 would.
Answered<std::pair<int, int>> read_new_targets(const Call& call, const sim::FleetOrder& order);

/// As EC2 Fleets spell it: "price-capacity-optimized".
std::string_view fleet_strategy_name(sim::FleetStrategy strategy);

/// What the call's LaunchTemplateConfigs may launch. Refuses what EC2 would.
Answered<std::vector<sim::FleetCandidate>> read_candidates(const World& world, const Call& call);

}  // namespace spotvane::lab
