#pragma once

#include "lab/launch_form.hpp"
#include "sim/spot_fleets.hpp"

namespace spotvane::lab {

/// Reads a RequestSpotFleet, of launch specifications or of launch templates. Refuses what EC2
/// would.
Answered<sim::SpotFleet> read_spot_fleet(const World& world, const Call& call);

}  // namespace spotvane::lab
