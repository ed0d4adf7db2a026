#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

// The default bus of the account and region; others are refused.

Answered<Value> delete_rule(World& world, const Call& call, const Value& asked);
Answered<Value> describe_rule(World& world, const Call& call, const Value& asked);
Answered<Value> disable_rule(World& world, const Call& call, const Value& asked);
Answered<Value> enable_rule(World& world, const Call& call, const Value& asked);
Answered<Value> list_rules(World& world, const Call& call, const Value& asked);
Answered<Value> list_targets_by_rule(World& world, const Call& call, const Value& asked);
Answered<Value> put_events(World& world, const Call& call, const Value& asked);
Answered<Value> put_rule(World& world, const Call& call, const Value& asked);
Answered<Value> put_targets(World& world, const Call& call, const Value& asked);
Answered<Value> remove_targets(World& world, const Call& call, const Value& asked);

}  // namespace spotvane::lab
