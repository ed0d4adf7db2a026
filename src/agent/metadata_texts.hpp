#pragma once

#include "agent/event.hpp"
#include "agent/host.hpp"
#include "base/result.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace spotvane::agent {

// What the instance metadata service and the ECS agent answer, read. All fail with `Corrupt`.

/// `spot/instance-action`: {"action": "terminate", "time": "2026-08-01T12:02:00Z"}.
Result<Event> read_instance_action(std::string_view text);

/// `spot/termination-time`, which may hold junk: none unless it is a whole time.
std::optional<Event> read_termination_time(std::string_view text);

/// `events/recommendations/rebalance`: {"noticeTime": "2026-08-01T11:50:00Z"}.
Result<Event> read_rebalance(std::string_view text);

/// `events/maintenance/scheduled`: those that are still to come. Their IDs are AWS's own.
Result<std::vector<Event>> read_maintenance(std::string_view text);

/// `autoscaling/target-lifecycle-state`: an event once the group wants the instance gone.
std::optional<Event> read_lifecycle_state(std::string_view text);

/// `dynamic/instance-identity/document`.
Result<Host> read_identity(std::string_view text);

/// The ECS agent's `/v1/metadata`: cluster and container instance; empty while not registered.
Result<EcsPlace> read_ecs_metadata(std::string_view text);

}  // namespace spotvane::agent
