#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

// What ECS's things are called and look like in answers.

std::string cluster_arn(const sim::Owner& owner, std::string_view name);
std::string host_arn(const sim::ClusterHost& host);

Value cluster_row(World& world, const sim::Cluster& cluster);
Value host_row(const World& world, const sim::ClusterHost& host);
Value definition_row(const sim::TaskDefinition& definition);
Value service_row(const sim::ClusterService& service);
Value task_row(const World& world, const sim::ClusterTask& task);
Value missing_row(std::string_view arn);

/// "prod" of "arn:aws:ecs:us-east-1:123456789012:cluster/prod", and of "prod".
std::string last_part(std::string_view arn);

/// The call's active cluster, "default" where it names none.
Answered<sim::Cluster*> find_cluster(World& world, const Call& call, const Value& asked);

/// The ARNs of one page, with "nextToken", below the name.
Answered<Value> arn_page(const World& world, const Call& call, const Value& asked,
                         const std::vector<std::string>& arns, std::string_view name);

}  // namespace spotvane::lab
