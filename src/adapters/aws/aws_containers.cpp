#include "adapters/aws/aws_containers.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

std::string ecs_body(const json& call) {
  return call.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string ecs_text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

int ecs_number(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

/// The array of objects of that name, without what is no object.
std::vector<json> ecs_objects(const json& answer, const char* name) {
  std::vector<json> objects;
  if (const auto found = answer.find(name); found != answer.end() && found->is_array()) {
    for (const auto& one : *found) {
      if (one.is_object()) {
        objects.push_back(one);
      }
    }
  }
  return objects;
}

Result<json> read_ecs(const Result<std::string>& body, std::string_view action) {
  if (!body) {
    return tl::unexpected(body.error());
  }
  auto answer = json::parse(*body, nullptr, false);
  if (!answer.is_object()) {
    return fail(ErrorKind::Corrupt, "ecs:{}: the answer is no JSON object", action);
  }
  return answer;
}

AwsCall ecs_call(const model::Region& region, std::string action, const json& call) {
  return {wire::kEcs, region.text(), std::move(action), ecs_body(call)};
}

ContainerHostStatus read_host(const json& one) {
  return {.arn = ecs_text(one, "containerInstanceArn"),
          .instance_id = ecs_text(one, "ec2InstanceId"),
          .status = ecs_text(one, "status"),
          .running_tasks = ecs_number(one, "runningTasksCount"),
          .pending_tasks = ecs_number(one, "pendingTasksCount")};
}

Result<Draining> read_draining(const Result<std::string>& body) {
  const auto answer = read_ecs(body, "UpdateContainerInstancesState");
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  if (!ecs_objects(*answer, "containerInstances").empty()) {
    return Draining::Begun;
  }
  const auto failures = ecs_objects(*answer, "failures");
  if (failures.empty()) {
    return fail(ErrorKind::Corrupt, "ecs:UpdateContainerInstancesState: the answer says nothing");
  }
  const auto reason = ecs_text(failures.front(), "reason");
  if (reason == "MISSING" || reason == "INACTIVE") {
    return Draining::NoSuchHost;
  }
  return fail(ErrorKind::Unavailable, "ecs:UpdateContainerInstancesState: {} {}", reason,
              ecs_text(failures.front(), "detail"));
}

std::string cluster_of(const std::string& cluster) {
  return cluster.empty() ? "default" : cluster;
}

}  // namespace

void AwsContainers::drain(ContainerHost host, On<Draining> on_draining) {
  client_.call(ecs_call(host.region, "UpdateContainerInstancesState",
                        {{"cluster", cluster_of(host.cluster)},
                         {"containerInstances", {host.arn}},
                         {"status", "DRAINING"}}),
               [on_draining = std::move(on_draining)](const Result<std::string>& body) {
                 on_draining(read_draining(body));
               });
}

void AwsContainers::find_host(model::Region region, std::string cluster, std::string instance_id,
                              On<ContainerHostStatus> on_host) {
  describe_until_found(region, cluster, instance_id, "", on_host);
}

void AwsContainers::describe_until_found(const model::Region& region, const std::string& cluster,
                                         const std::string& instance_id,
                                         const std::string& next_token,
                                         const On<ContainerHostStatus>& on_host) {
  // Asked for by instance, but not every ECS-compatible service heeds filters: hence all pages.
  json call{{"cluster", cluster_of(cluster)},
            {"filter", fmt::format("ec2InstanceId == {}", instance_id)},
            {"maxResults", 100}};
  if (!next_token.empty()) {
    call["nextToken"] = next_token;
  }
  client_.call(ecs_call(region, "ListContainerInstances", call),
               [this, region, cluster, instance_id, on_host](const Result<std::string>& body) {
                 const auto listed = read_ecs(body, "ListContainerInstances");
                 if (!listed) {
                   return on_host(tl::unexpected(listed.error()));
                 }
                 const auto arns = listed->find("containerInstanceArns");
                 if (arns == listed->end() || !arns->is_array() || arns->empty()) {
                   return on_host(ContainerHostStatus{});
                 }
                 client_.call(
                     ecs_call(region, "DescribeContainerInstances",
                              {{"cluster", cluster_of(cluster)}, {"containerInstances", *arns}}),
                     [this, region, cluster, instance_id, on_host,
                      next = ecs_text(*listed, "nextToken")](const Result<std::string>& text) {
                       const auto described = read_ecs(text, "DescribeContainerInstances");
                       if (!described) {
                         return on_host(tl::unexpected(described.error()));
                       }
                       for (const auto& one : ecs_objects(*described, "containerInstances")) {
                         if (ecs_text(one, "ec2InstanceId") == instance_id) {
                           return on_host(read_host(one));
                         }
                       }
                       if (next.empty()) {
                         return on_host(ContainerHostStatus{});
                       }
                       describe_until_found(region, cluster, instance_id, next, on_host);
                     });
               });
}

void AwsContainers::put_attributes(ContainerHost host,
                                   std::vector<std::pair<std::string, std::string>> attributes,
                                   On<void> on_done) {
  // By its short ID, which is all of the ARN that is its own.
  const auto id = host.arn.substr(host.arn.rfind('/') + 1);
  auto list = json::array();
  for (const auto& [name, value] : attributes) {
    list.push_back(
        {{"name", name}, {"value", value}, {"targetType", "container-instance"}, {"targetId", id}});
  }
  client_.call(ecs_call(host.region, "PutAttributes",
                        {{"cluster", cluster_of(host.cluster)}, {"attributes", std::move(list)}}),
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

}  // namespace spotvane::adapters
