#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

#include <optional>

namespace spotvane::lab {

Answered<Value> change_message_visibility(World& world, const Call& call, const Value& asked);
Answered<Value> change_message_visibility_batch(World& world, const Call& call, const Value& asked);
Answered<Value> delete_message(World& world, const Call& call, const Value& asked);
Answered<Value> delete_message_batch(World& world, const Call& call, const Value& asked);
Answered<Value> receive_message(World& world, const Call& call, const Value& asked);
Answered<Value> send_message(World& world, const Call& call, const Value& asked);
Answered<Value> send_message_batch(World& world, const Call& call, const Value& asked);

/// How long a ReceiveMessage would wait for the first message; none where it has an answer at once.
std::optional<Duration> patience(World& world, const Call& call);

}  // namespace spotvane::lab
