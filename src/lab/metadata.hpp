#pragma once

#include "base/http_message.hpp"
#include "base/time.hpp"
#include "lab/faults.hpp"
#include "lab/world.hpp"
#include "ports/http_handler.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace spotvane::lab {

/// Below these paths, followed by an instance's ID, is what 169.254.169.254 is to that instance:
/// "/imds/i-0123/latest/meta-data/instance-id".
inline constexpr std::string_view kMetadataPath = "/imds/";
inline constexpr std::string_view kMetadataPathOfOrders = "/_lab/imds/";

/// Below this path, followed by an instance's ID, is what port 51678 of that instance's ECS agent
/// is:
/// "/ecs-agent/i-0123/v1/metadata".
inline constexpr std::string_view kEcsAgentPath = "/ecs-agent/";

/// The times of a request for metadata.
struct MetadataMoment {
  TimePoint now;       ///< by the lab's clock, which tokens expire by
  TimePoint as_of;     ///< the moment whose world is shown: now, or before in a stale answer
  TimePoint wall_now;  ///< by the wall's, which the keys of roles expire by
};

/// Instance metadata, version 2: `PUT /latest/api/token` gives a token, and everything below
/// "/latest/meta-data", "/latest/dynamic" and "/latest/user-data" needs one. `path` is what follows
/// the path above. None where no instance answers there: it is not running, or never was.
std::optional<HttpResponse> metadata(const HttpRequest& request, std::string_view path,
                                     World& world, const MetadataMoment& moment);

/// The same as a request gets it that a fault may have struck; reset where no instance answers.
HttpReply metadata_reply(const HttpRequest& request, std::string_view path, World& world,
                         TimePoint now, TimePoint wall_now, const std::optional<FaultRule>& fault);

/// What the ECS agent on an instance says of itself; reset where no instance answers.
HttpReply ecs_agent(const HttpRequest& request, std::string_view path, World& world,
                    TimePoint as_of);

}  // namespace spotvane::lab
