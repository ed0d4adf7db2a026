#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

Answered<Value> create_auto_scaling_group(World& world, const Call& call, const Value& asked);
Answered<Value> delete_auto_scaling_group(World& world, const Call& call, const Value& asked);
Answered<Value> describe_auto_scaling_groups(World& world, const Call& call, const Value& asked);
Answered<Value> describe_auto_scaling_instances(World& world, const Call& call, const Value& asked);
Answered<Value> describe_scaling_activities(World& world, const Call& call, const Value& asked);
Answered<Value> set_desired_capacity(World& world, const Call& call, const Value& asked);
Answered<Value> terminate_instance_in_auto_scaling_group(World& world, const Call& call,
                                                         const Value& asked);
Answered<Value> update_auto_scaling_group(World& world, const Call& call, const Value& asked);

}  // namespace spotvane::lab
