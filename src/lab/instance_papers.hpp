#pragma once

#include "lab/world.hpp"

#include <map>
#include <string>
#include <string_view>

namespace spotvane::lab {

/// All that an instance can read about itself at a moment, by its path below "/latest/". What there
/// is nothing to say of is absent: "meta-data/spot/instance-action" before a notice.
std::map<std::string, std::string> instance_papers(const World& world,
                                                   const sim::Instance& instance, TimePoint as_of);

/// Whether the path is that of a role's keys: they are made when asked for.
bool is_role_keys(std::string_view path);

/// The instance's keys, in the form that SDKs read, good for six hours by the wall's clock; the
/// same until a sixth of that is left.
std::string role_keys(World& world, const sim::Instance& instance, TimePoint wall_now);

}  // namespace spotvane::lab
