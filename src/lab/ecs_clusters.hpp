#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

Answered<Value> create_cluster(World& world, const Call& call, const Value& asked);
Answered<Value> delete_cluster(World& world, const Call& call, const Value& asked);
Answered<Value> describe_clusters(World& world, const Call& call, const Value& asked);
Answered<Value> list_clusters(World& world, const Call& call, const Value& asked);

Answered<Value> delete_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> deregister_container_instance(World& world, const Call& call, const Value& asked);
Answered<Value> describe_container_instances(World& world, const Call& call, const Value& asked);
Answered<Value> list_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> list_container_instances(World& world, const Call& call, const Value& asked);
Answered<Value> put_attributes(World& world, const Call& call, const Value& asked);
Answered<Value> register_container_instance(World& world, const Call& call, const Value& asked);
Answered<Value> update_container_instances_state(World& world, const Call& call,
                                                 const Value& asked);

}  // namespace spotvane::lab
