#pragma once

#include "lab/world.hpp"

#include <string>

namespace spotvane::lab {

// What the lab itself knows to be true, whatever it told its clients; as JSON.

/// By account: what is live and what was at most, what is left, and what all of it has cost.
std::string audit_summary(const World& world);

/// By job, as the tags of workers name it: how many there were, what is left of them, and what they
/// have cost.
std::string audit_jobs(const World& world);

/// Every instance and every spot request that ever was, with all that happened to it.
std::string audit_instances(const World& world);
std::string audit_requests(const World& world);

}  // namespace spotvane::lab
