#include "adapters/aws/ecs_calls.hpp"

#include "adapters/aws/json_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::adapters {

using nlohmann::json;

AwsCall ecs_call(const model::Region& region, std::string action, const json& call) {
  return {wire::kEcs, region.text(), std::move(action), json_body(call)};
}

Result<json> read_ecs(const Result<std::string>& body, std::string_view action) {
  return json_of(body, fmt::format("ecs:{}", action));
}

std::string cluster_of(const std::string& cluster) {
  return cluster.empty() ? "default" : cluster;
}

}  // namespace spotvane::adapters
