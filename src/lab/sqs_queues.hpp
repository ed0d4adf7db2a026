#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

#include <string_view>

namespace spotvane::lab {

// Standard queues; those of type FIFO are refused.

Answered<Value> create_queue(World& world, const Call& call, const Value& asked);
Answered<Value> delete_queue(World& world, const Call& call, const Value& asked);
Answered<Value> get_queue_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> get_queue_url(World& world, const Call& call, const Value& asked);
Answered<Value> list_queues(World& world, const Call& call, const Value& asked);
Answered<Value> purge_queue(World& world, const Call& call, const Value& asked);
Answered<Value> set_queue_attributes(World& world, const Call& call, const Value& asked);

/// The queue that "QueueUrl" names, by its path alone. Refuses what is missing or unknown.
Answered<sim::MessageQueue*> find_queue(World& world, const Call& call, const Value& asked);

/// Whether a path is a queue's: "/123456789012/name". Old clients post there.
bool is_queue_path(std::string_view path);

}  // namespace spotvane::lab
