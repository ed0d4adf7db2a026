#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

Answered<Value> describe_task_definition(World& world, const Call& call, const Value& asked);
Answered<Value> register_task_definition(World& world, const Call& call, const Value& asked);

Answered<Value> create_service(World& world, const Call& call, const Value& asked);
Answered<Value> delete_service(World& world, const Call& call, const Value& asked);
Answered<Value> describe_services(World& world, const Call& call, const Value& asked);
Answered<Value> list_services(World& world, const Call& call, const Value& asked);
Answered<Value> update_service(World& world, const Call& call, const Value& asked);

Answered<Value> describe_tasks(World& world, const Call& call, const Value& asked);
Answered<Value> list_tasks(World& world, const Call& call, const Value& asked);
Answered<Value> run_task(World& world, const Call& call, const Value& asked);
Answered<Value> stop_task(World& world, const Call& call, const Value& asked);

}  // namespace spotvane::lab
