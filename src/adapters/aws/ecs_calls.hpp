#pragma once

#include "adapters/aws/aws_client.hpp"
#include "model/place.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace spotvane::adapters {

AwsCall ecs_call(const model::Region& region, std::string action, const nlohmann::json& call);

/// The object that it was answered with; fails as `json_of` does.
Result<nlohmann::json> read_ecs(const Result<std::string>& body, std::string_view action);

/// As calls name it: without a name it is the account's default.
std::string cluster_of(const std::string& cluster);

}  // namespace spotvane::adapters
