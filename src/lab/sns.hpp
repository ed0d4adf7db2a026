#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

Answered<Value> create_topic(World& world, const Call& call, const Value& asked);
Answered<Value> delete_topic(World& world, const Call& call, const Value& asked);
Answered<Value> get_topic_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> list_topics(World& world, const Call& call, const Value& asked);
Answered<Value> set_topic_attributes(World& world, const Call& call, const Value& asked);

/// Unsigned: who has the token may.
Answered<Value> confirm_subscription(World& world, const Call& call, const Value& asked);
Answered<Value> get_subscription_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> list_subscriptions_by_topic(World& world, const Call& call, const Value& asked);
Answered<Value> set_subscription_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> subscribe(World& world, const Call& call, const Value& asked);
/// Unsigned: who has the address may.
Answered<Value> unsubscribe(World& world, const Call& call, const Value& asked);

Answered<Value> publish(World& world, const Call& call, const Value& asked);
Answered<Value> publish_batch(World& world, const Call& call, const Value& asked);

}  // namespace spotvane::lab
