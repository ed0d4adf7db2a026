#pragma once

#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

// What happened in the services around EC2, as the model knows it, whatever clients were told:
// JSON.

/// Of all clusters: hosts with their drains, services with their fewest running, every task.
std::string audit_clusters(const World& world);

/// Of all Auto Scaling groups: each change of the desired capacity, and how many there are.
std::string audit_groups(const World& world);

/// Of all Spot Fleets: their targets, what of them is fulfilled, and their history.
std::string audit_fleets(const World& world);

/// Of all subscriptions: how many messages were delivered, and how many given up.
std::string audit_subscriptions(const World& world);

/// Of all queues: what was sent, received, deleted, and is left.
std::string audit_queues(const World& world);

}  // namespace spotvane::lab
