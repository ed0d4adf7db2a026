#include "lab/ecs_rows.hpp"

#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostOfPage = 100;

std::string ecs_arn(const sim::Owner& owner, std::string_view what) {
  return fmt::format("arn:aws:ecs:{}:{}:{}", owner.region, owner.account, what);
}

std::string_view status_text(sim::HostStatus status) {
  switch (status) {
    case sim::HostStatus::Active:
      return "ACTIVE";
    case sim::HostStatus::Draining:
      return "DRAINING";
    case sim::HostStatus::Inactive:
      return "INACTIVE";
  }
  return "INACTIVE";
}

std::string_view status_text(sim::TaskStatus status) {
  switch (status) {
    case sim::TaskStatus::Pending:
      return "PENDING";
    case sim::TaskStatus::Running:
      return "RUNNING";
    case sim::TaskStatus::Stopping:
      return "DEACTIVATING";
    case sim::TaskStatus::Stopped:
      return "STOPPED";
  }
  return "STOPPED";
}

Value if_reached(TimePoint time) {
  return time == sim::kNever ? Value{} : Value{time};
}

Value resources(int cpu, int memory) {
  const auto one = [](const char* name, int amount) {
    return Value::object({{"name", name},
                          {"type", "INTEGER"},
                          {"doubleValue", 0.0},
                          {"longValue", 0},
                          {"integerValue", amount}});
  };
  return Value::List{one("CPU", cpu), one("MEMORY", memory)};
}

}  // namespace

std::string cluster_arn(const sim::Owner& owner, std::string_view name) {
  return ecs_arn(owner, fmt::format("cluster/{}", name));
}

std::string host_arn(const sim::ClusterHost& host) {
  return ecs_arn(host.owner, fmt::format("container-instance/{}/{}", host.cluster, host.id));
}

std::string last_part(std::string_view arn) {
  return std::string{arn.substr(arn.rfind('/') + 1)};
}

Value cluster_row(World& world, const sim::Cluster& cluster) {
  auto& clusters = world.clusters();
  int hosts = 0;
  int running = 0;
  int pending = 0;
  for (const auto* host : clusters.hosts_in(cluster.owner, cluster.name)) {
    hosts += host->status == sim::HostStatus::Inactive ? 0 : 1;
    running += host->load.running;
    pending += host->load.pending;
  }
  return Value::object(
      {{"clusterArn", cluster_arn(cluster.owner, cluster.name)},
       {"clusterName", cluster.name},
       {"status", cluster.is_active ? "ACTIVE" : "INACTIVE"},
       {"registeredContainerInstancesCount", hosts},
       {"runningTasksCount", running},
       {"pendingTasksCount", pending},
       {"activeServicesCount", clusters.services_in(cluster.owner, cluster.name).size()}});
}

Value host_row(const World& world, const sim::ClusterHost& host) {
  Value::List attributes;
  for (const auto& [name, value] : host.attributes) {
    attributes.push_back(value.empty() ? Value::object({{"name", name}})
                                       : Value::object({{"name", name}, {"value", value}}));
  }
  const auto* instance = world.instances().find_any(host.instance_id);
  if (instance != nullptr) {
    attributes.push_back(
        Value::object({{"name", "ecs.availability-zone"}, {"value", world.zone_name(*instance)}}));
  }
  return Value::object(
      {{"containerInstanceArn", host_arn(host)},
       {"ec2InstanceId", host.instance_id},
       {"version", host.version},
       {"versionInfo", Value::object({{"agentVersion", "1.89.0"},
                                      {"agentHash", "02ff320c"},
                                      {"dockerVersion", "DockerVersion: 25.0"}})},
       {"registeredResources", resources(host.cpu, host.memory)},
       {"remainingResources", resources(host.cpu - host.load.cpu, host.memory - host.load.memory)},
       {"status", status_text(host.status)},
       {"agentConnected", host.is_connected},
       {"runningTasksCount", host.load.running},
       {"pendingTasksCount", host.load.pending},
       {"attributes", attributes},
       {"registeredAt", host.registered_at}});
}

Value definition_row(const sim::TaskDefinition& definition) {
  Value::List containers;
  for (const auto& container : definition.containers) {
    containers.push_back(Value::object(
        {{"name", container.name},
         {"image", container.image},
         {"cpu", definition.cpu},
         {"memory", definition.memory},
         {"essential", true},
         {"stopTimeout",
          std::chrono::duration_cast<std::chrono::seconds>(definition.stop_timeout).count()}}));
  }
  Value::List constraints;
  for (const auto& text : definition.constraints) {
    constraints.push_back(Value::object({{"type", "memberOf"}, {"expression", text}}));
  }
  return Value::object(
      {{"taskDefinitionArn",
        ecs_arn(definition.owner, fmt::format("task-definition/{}", definition.name()))},
       {"family", definition.family},
       {"revision", definition.revision},
       {"status", "ACTIVE"},
       {"cpu", fmt::to_string(definition.cpu)},
       {"memory", fmt::to_string(definition.memory)},
       {"placementConstraints", constraints},
       {"containerDefinitions", containers}});
}

Value service_row(const sim::ClusterService& service) {
  Value::List events;
  for (const auto& event : service.events) {
    events.push_back(Value::object({{"createdAt", event.at}, {"message", event.text}}));
  }
  Value::List constraints;
  for (const auto& text : service.constraints) {
    constraints.push_back(Value::object({{"type", "memberOf"}, {"expression", text}}));
  }
  if (service.is_spread) {
    constraints.push_back(Value::object({{"type", "distinctInstance"}}));
  }
  const auto definition =
      ecs_arn(service.owner, fmt::format("task-definition/{}", service.definition));
  return Value::object(
      {{"serviceArn",
        ecs_arn(service.owner, fmt::format("service/{}/{}", service.cluster, service.name))},
       {"serviceName", service.name},
       {"clusterArn", cluster_arn(service.owner, service.cluster)},
       {"status", !service.is_deleted                     ? "ACTIVE"
                  : service.running + service.pending > 0 ? "DRAINING"
                                                          : "INACTIVE"},
       {"desiredCount", service.desired},
       {"runningCount", service.running},
       {"pendingCount", service.pending},
       {"launchType", "EC2"},
       {"schedulingStrategy", "REPLICA"},
       {"taskDefinition", definition},
       {"deploymentConfiguration",
        Value::object({{"maximumPercent", service.most_percent},
                       {"minimumHealthyPercent", service.least_percent}})},
       {"placementConstraints", constraints},
       {"events", events},
       {"createdAt", service.created_at}});
}

Value task_row(const World& world, const sim::ClusterTask& task) {
  const auto& host = world.clusters().hosts()[task.host];
  const bool is_ending = task.stopping_at != sim::kNever || task.stopped_at != sim::kNever;
  const auto group = task.service.empty()
                         ? "family:" + task.definition.substr(0, task.definition.rfind(':'))
                         : "service:" + task.service;
  return Value::object(
      {{"taskArn", ecs_arn(task.owner, fmt::format("task/{}/{}", task.cluster, task.id))},
       {"clusterArn", cluster_arn(task.owner, task.cluster)},
       {"taskDefinitionArn",
        ecs_arn(task.owner, fmt::format("task-definition/{}", task.definition))},
       {"containerInstanceArn", host_arn(host)},
       {"group", group},
       {"startedBy", task.service.empty() ? Value{} : Value{"ecs-svc/" + task.service}},
       {"launchType", "EC2"},
       {"lastStatus", status_text(task.status)},
       {"desiredStatus", is_ending ? "STOPPED" : "RUNNING"},
       {"cpu", fmt::to_string(task.cpu)},
       {"memory", fmt::to_string(task.memory)},
       {"containers", Value::List{}},
       {"createdAt", task.created_at},
       {"startedAt", if_reached(task.running_at)},
       {"stoppingAt", if_reached(task.stopping_at)},
       {"stoppedAt", if_reached(task.stopped_at)},
       {"stoppedReason", task.reason.empty() ? Value{} : Value{task.reason}},
       {"version", 1}});
}

Value missing_row(std::string_view arn) {
  return Value::object({{"arn", arn}, {"reason", "MISSING"}});
}

Answered<sim::Cluster*> find_cluster(World& world, const Call& call, const Value& asked) {
  const auto name = asked.has("cluster") ? last_part(asked["cluster"].text()) : "default";
  auto* cluster = world.clusters().find(owner_of(call), name);
  return cluster != nullptr && cluster->is_active
             ? Answered<sim::Cluster*>{cluster}
             : refuse(400, "ClusterNotFoundException", "Cluster not found.");
}

Answered<Value> arn_page(const World& world, const Call& call, const Value& asked,
                         const std::vector<std::string>& arns, std::string_view name) {
  const auto most = asked.has("maxResults") ? asked["maxResults"].integer() : kMostOfPage;
  if (!most || *most < 1 || *most > kMostOfPage) {
    return refuse(400, "InvalidParameterException", "maxResults should be between 1 and 100.");
  }
  auto question = asked;
  question.set("nextToken", {});
  question.set("maxResults", {});
  const auto key = fmt::format("{} {} {}", call.region, call.action, question.to_json());
  Page page{.as_of = call.as_of};
  if (const auto token = asked["nextToken"].text(); !token.empty()) {
    const auto read = read_token(world.seed(), key, token);
    if (!read) {
      return refuse(400, "InvalidParameterException", "Invalid token.");
    }
    page = *read;
  }
  page.count = static_cast<std::size_t>(*most);
  Value::List rows;
  for (auto i = page.first; i < page.end(arns.size()); ++i) {
    rows.emplace_back(arns[i]);
  }
  auto answer = Value::object();
  answer.set(name, rows);
  if (page.end(arns.size()) < arns.size()) {
    answer.set("nextToken", token_text(world.seed(), key, page.as_of, page.end(arns.size())));
  }
  return answer;
}

}  // namespace spotvane::lab
