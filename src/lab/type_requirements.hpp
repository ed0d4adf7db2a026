#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"

#include <string>
#include <vector>

namespace spotvane::lab {

/// Whether the call describes instance types by what they must have instead of naming them.
bool has_type_requirements(const Call& call);

/// The requirements in one spelling, whatever the order they came in.
std::string canonical_requirements(const Call& call);

/// The types that fit the call's InstanceRequirementsWithMetadata. Refuses requirements the lab
/// does not know.
Answered<std::vector<model::InstanceType>> types_by_requirements(const World& world,
                                                                 const Call& call);

}  // namespace spotvane::lab
