#include "adapters/aws/aws_container_services.hpp"

#include "adapters/aws/ecs_calls.hpp"
#include "adapters/aws/json_fields.hpp"
#include "base/number.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

constexpr int kMostHosts = 100;  // of one call

/// Of "failures", or where the answer names no service at all.
tl::unexpected<Error> no_service(const ContainerServiceName& name) {
  return fail(ErrorKind::NotFound, "ecs:DescribeServices: cluster '{}' has no service '{}'",
              cluster_of(name.cluster), name.service);
}

ContainerServiceStatus read_service(const json& one) {
  return {.status = json_text(one, "status"),
          .launch_type = json_text(one, "launchType"),
          .is_daemon = json_text(one, "schedulingStrategy") == "DAEMON",
          .desired = json_number(one, "desiredCount"),
          .running = json_number(one, "runningCount"),
          .pending = json_number(one, "pendingCount")};
}

/// What a task takes of its host: as the definition says of it, else of all its containers.
void read_task_size(const json& definition, ContainerServiceStatus& status) {
  for (const auto& one : json_objects(definition, "containerDefinitions")) {
    const auto reserved = json_number(one, "memoryReservation");
    status.task_cpu += json_number(one, "cpu");
    status.task_memory += reserved > 0 ? reserved : json_number(one, "memory");
  }
  const auto whole = [&](const char* name, int otherwise) {
    const auto number = parse_integer(json_text(definition, name));
    return number ? static_cast<int>(std::clamp<std::int64_t>(*number, 0, 1'000'000)) : otherwise;
  };
  status.task_cpu = whole("cpu", status.task_cpu);
  status.task_memory = whole("memory", status.task_memory);
}

ServiceHost read_service_host(const json& one) {
  ServiceHost host{
      .arn = json_text(one, "containerInstanceArn"),
      .instance_id = json_text(one, "ec2InstanceId"),
      .status = json_text(one, "status"),
      .is_connected = one.value("agentConnected", json{}) != json(false),
      .tasks = json_number(one, "runningTasksCount") + json_number(one, "pendingTasksCount")};
  for (const auto& resource : json_objects(one, "registeredResources")) {
    const auto name = json_text(resource, "name");
    host.cpu = name == "CPU" ? json_number(resource, "integerValue") : host.cpu;
    host.memory = name == "MEMORY" ? json_number(resource, "integerValue") : host.memory;
  }
  return host;
}

}  // namespace

struct AwsContainerServices::HostWalk {
  model::Region region;
  std::string cluster;
  std::string filter;
  On<std::vector<ServiceHost>> on_hosts;
  std::vector<ServiceHost> found = {};
};

void AwsContainerServices::describe_service(ContainerServiceName name,
                                            On<ContainerServiceStatus> on_status) {
  const auto call = ecs_call(name.region, "DescribeServices",
                             {{"cluster", cluster_of(name.cluster)}, {"services", {name.service}}});
  client_.call(call, [this, name, on_status](const Result<std::string>& body) {
    const auto answer = read_ecs(body, "DescribeServices");
    if (!answer) {
      return on_status(tl::unexpected(answer.error()));
    }
    const auto found = json_objects(*answer, "services");
    if (found.empty()) {
      return on_status(no_service(name));
    }
    describe_task(name.region, json_text(found.front(), "taskDefinition"),
                  read_service(found.front()), on_status);
  });
}

void AwsContainerServices::describe_task(const model::Region& region, const std::string& definition,
                                         ContainerServiceStatus status,
                                         On<ContainerServiceStatus> on_status) {
  client_.call(ecs_call(region, "DescribeTaskDefinition", {{"taskDefinition", definition}}),
               [status = std::move(status),
                on_status = std::move(on_status)](const Result<std::string>& body) mutable {
                 const auto answer = read_ecs(body, "DescribeTaskDefinition");
                 if (!answer) {
                   return on_status(tl::unexpected(answer.error()));
                 }
                 read_task_size(answer->value("taskDefinition", json::object()), status);
                 on_status(std::move(status));
               });
}

void AwsContainerServices::set_desired_count(ContainerServiceName name, int count,
                                             On<void> on_done) {
  client_.call(ecs_call(name.region, "UpdateService",
                        {{"cluster", cluster_of(name.cluster)},
                         {"service", name.service},
                         {"desiredCount", count}}),
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

void AwsContainerServices::hosts(model::Region region, std::string cluster, std::string attribute,
                                 std::string value, On<std::vector<ServiceHost>> on_hosts) {
  next_hosts(std::make_shared<HostWalk>(
                 HostWalk{.region = std::move(region),
                          .cluster = std::move(cluster),
                          .filter = fmt::format("attribute:{} == {}", attribute, value),
                          .on_hosts = std::move(on_hosts)}),
             "");
}

void AwsContainerServices::next_hosts(const std::shared_ptr<HostWalk>& walk,
                                      const std::string& token) {
  json call{
      {"cluster", cluster_of(walk->cluster)}, {"filter", walk->filter}, {"maxResults", kMostHosts}};
  if (!token.empty()) {
    call["nextToken"] = token;
  }
  const auto describe = [this, walk](const json& arns, const std::string& next) {
    client_.call(ecs_call(walk->region, "DescribeContainerInstances",
                          {{"cluster", cluster_of(walk->cluster)}, {"containerInstances", arns}}),
                 [this, walk, next](const Result<std::string>& body) {
                   const auto answer = read_ecs(body, "DescribeContainerInstances");
                   if (!answer) {
                     return walk->on_hosts(tl::unexpected(answer.error()));
                   }
                   for (const auto& one : json_objects(*answer, "containerInstances")) {
                     walk->found.push_back(read_service_host(one));
                   }
                   next.empty() ? walk->on_hosts(std::move(walk->found)) : next_hosts(walk, next);
                 });
  };
  client_.call(ecs_call(walk->region, "ListContainerInstances", call),
               [walk, describe](const Result<std::string>& body) {
                 const auto listed = read_ecs(body, "ListContainerInstances");
                 if (!listed) {
                   return walk->on_hosts(tl::unexpected(listed.error()));
                 }
                 const auto arns = listed->value("containerInstanceArns", json::array());
                 if (!arns.is_array() || arns.empty()) {
                   return walk->on_hosts(std::move(walk->found));
                 }
                 describe(arns, json_text(*listed, "nextToken"));
               });
}

}  // namespace spotvane::adapters
