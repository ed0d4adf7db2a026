#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

// Auto Scaling's lifecycle hooks of instances that are ended; a group has one at most.

Answered<Value> complete_lifecycle_action(World& world, const Call& call, const Value& asked);
Answered<Value> delete_lifecycle_hook(World& world, const Call& call, const Value& asked);
Answered<Value> describe_lifecycle_hooks(World& world, const Call& call, const Value& asked);
Answered<Value> put_lifecycle_hook(World& world, const Call& call, const Value& asked);
Answered<Value> record_lifecycle_action_heartbeat(World& world, const Call& call,
                                                  const Value& asked);

/// Tells that an instance waits to be ended, as Auto Scaling does.
void tell_lifecycle_action(EventBus& bus, const sim::ScalingGroup& group,
                           const sim::GroupMember& member, TimePoint at);

}  // namespace spotvane::lab
