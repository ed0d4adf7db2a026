#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

/// What CreateAutoScalingGroup and UpdateAutoScalingGroup say a group is to be; what they leave out
/// stays as in `settings`. Refuses what Auto Scaling would, in its words.
Answered<sim::ScalingGroupSettings> read_group(const World& world, const Call& call,
                                               const Value& asked,
                                               sim::ScalingGroupSettings settings);

/// The tags, and of them those that are passed on.
struct GroupTags {
  sim::Tags all;
  sim::Tags passed_on;
};
GroupTags read_group_tags(const Value& asked);

}  // namespace spotvane::lab
