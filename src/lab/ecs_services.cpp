#include "lab/ecs_services.hpp"

#include "lab/ecs_rows.hpp"
#include "lab/launch_form.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostTasks = 10'000;
constexpr std::int64_t kUsualCpu = 256;
constexpr std::int64_t kUsualMemory = 512;

tl::unexpected<Refusal> refuse_wrong(std::string_view message) {
  return refuse(400, "InvalidParameterException", "{}", message);
}

Answered<std::vector<std::string>> read_constraints(const Value& constraints,
                                                    bool* is_spread = nullptr) {
  std::vector<std::string> texts;
  for (const auto& one : constraints.list()) {
    if (one["type"].text() == "distinctInstance" && is_spread != nullptr) {
      *is_spread = true;
      continue;
    }
    if (one["type"].text() != "memberOf" || !sim::ClusterQuery::parse(one["expression"].text())) {
      return refuse_wrong("Invalid placement constraint.");
    }
    texts.push_back(one["expression"].text());
  }
  return texts;
}

/// The number, or what the service has where the call leaves it out.
Answered<int> count_parameter(const Value& asked, std::string_view name, int otherwise,
                              std::int64_t most) {
  if (!asked.has(name)) {
    return otherwise;
  }
  const auto number = asked[name].integer();
  return number && *number >= 0 && *number <= most
             ? Answered<int>{static_cast<int>(*number)}
             : refuse(400, "InvalidParameterException", "{} must be between 0 and {}.", name, most);
}

/// What CreateService and UpdateService have in common.
Answered<sim::ClusterService> read_service(World& world, const Value& asked,
                                           sim::ClusterService service) {
  constexpr std::int64_t kMostPercent = 10'000;
  const auto& deployment = asked["deploymentConfiguration"];
  const auto desired = count_parameter(asked, "desiredCount", service.desired, kMostTasks);
  const auto least =
      count_parameter(deployment, "minimumHealthyPercent", service.least_percent, kMostPercent);
  const auto most =
      count_parameter(deployment, "maximumPercent", service.most_percent, kMostPercent);
  if (!desired || !least || !most) {
    return tl::unexpected(!desired ? desired.error() : !least ? least.error() : most.error());
  }
  if (asked.has("placementConstraints")) {
    service.is_spread = false;
    auto constraints = read_constraints(asked["placementConstraints"], &service.is_spread);
    if (!constraints) {
      return tl::unexpected(std::move(constraints.error()));
    }
    service.constraints = *std::move(constraints);
  }
  if (asked.has("taskDefinition")) {
    const auto* definition =
        world.clusters().find_definition(service.owner, last_part(asked["taskDefinition"].text()));
    if (definition == nullptr) {
      return refuse(400, "ClientException", "TaskDefinition not found.");
    }
    service.definition = definition->name();
  }
  service.was_steady = service.was_steady && *desired <= service.desired;
  service.desired = *desired;
  service.least_percent = *least;
  service.most_percent = *most;
  return service;
}

Answered<sim::ClusterService*> find_service_of(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  auto* service = world.clusters().find_service((*cluster)->owner, (*cluster)->name,
                                                last_part(asked["service"].text()));
  if (service == nullptr) {
    return refuse(400, "ServiceNotFoundException", "Service not found.");
  }
  if (service->is_deleted) {
    return refuse(400, "ServiceNotActiveException", "Service was not ACTIVE.");
  }
  return service;
}

}  // namespace

Answered<Value> register_task_definition(World& world, const Call& call, const Value& asked) {
  sim::TaskDefinition wanted{.owner = owner_of(call), .family = asked["family"].text()};
  if (wanted.family.empty() || asked["containerDefinitions"].list().empty()) {
    return refuse(400, "ClientException", "Family and container definitions must not be empty.");
  }
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  for (const auto& container : asked["containerDefinitions"].list()) {
    cpu += container["cpu"].integer().value_or(0);
    memory += std::max(container["memory"].integer().value_or(0),
                       container["memoryReservation"].integer().value_or(0));
    if (const auto seconds = container["stopTimeout"].integer()) {
      wanted.stop_timeout = std::chrono::seconds{std::clamp<std::int64_t>(*seconds, 0, 3600)};
    }
    wanted.containers.push_back({container["name"].text(), container["image"].text()});
  }
  constexpr std::int64_t kMost = 1'000'000;
  cpu = asked["cpu"].integer().value_or(cpu > 0 ? cpu : kUsualCpu);
  memory = asked["memory"].integer().value_or(memory > 0 ? memory : kUsualMemory);
  wanted.cpu = static_cast<int>(std::clamp<std::int64_t>(cpu, 0, kMost));
  wanted.memory = static_cast<int>(std::clamp<std::int64_t>(memory, 0, kMost));
  auto constraints = read_constraints(asked["placementConstraints"]);
  if (!constraints) {
    return tl::unexpected(std::move(constraints.error()));
  }
  wanted.constraints = *std::move(constraints);
  const auto& made = world.clusters().add_definition(std::move(wanted));
  return Value::object({{"taskDefinition", definition_row(made)}});
}

Answered<Value> describe_task_definition(World& world, const Call& call, const Value& asked) {
  const auto* definition =
      world.clusters().find_definition(owner_of(call), last_part(asked["taskDefinition"].text()));
  return definition != nullptr
             ? Answered<Value>{Value::object({{"taskDefinition", definition_row(*definition)}})}
             : refuse(400, "ClientException", "Unable to describe task definition.");
}

Answered<Value> create_service(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  if (!asked.has("taskDefinition") || asked["serviceName"].text().empty()) {
    return refuse_wrong("TaskDefinition and serviceName can not be blank.");
  }
  if (asked["schedulingStrategy"].text() == "DAEMON") {
    return refuse_wrong("This lab's services have the scheduling strategy REPLICA.");
  }
  auto wanted = read_service(world, asked,
                             {.name = asked["serviceName"].text(),
                              .owner = (*cluster)->owner,
                              .cluster = (*cluster)->name,
                              .definition = {}});
  if (!wanted) {
    return tl::unexpected(std::move(wanted.error()));
  }
  const auto made = world.clusters().create_service(*std::move(wanted));
  return made ? Answered<Value>{Value::object({{"service", service_row(**made)}})}
              : refuse(made.error());
}

Answered<Value> update_service(World& world, const Call& call, const Value& asked) {
  const auto service = find_service_of(world, call, asked);
  if (!service) {
    return tl::unexpected(service.error());
  }
  auto changed = read_service(world, asked, **service);
  if (!changed) {
    return tl::unexpected(std::move(changed.error()));
  }
  **service = *std::move(changed);
  world.clusters().look_at(**service);
  return Value::object({{"service", service_row(**service)}});
}

Answered<Value> delete_service(World& world, const Call& call, const Value& asked) {
  const auto service = find_service_of(world, call, asked);
  if (!service) {
    return tl::unexpected(service.error());
  }
  if ((*service)->desired > 0 && !asked["force"].flag()) {
    return refuse_wrong("The service cannot be stopped while it is scaled above 0.");
  }
  (*service)->is_deleted = true;
  world.clusters().look_at(**service);
  return Value::object({{"service", service_row(**service)}});
}

Answered<Value> describe_services(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  Value::List rows;
  Value::List failures;
  for (const auto& each : asked["services"].list()) {
    const auto* service =
        world.clusters().find_service((*cluster)->owner, (*cluster)->name, last_part(each.text()));
    if (service != nullptr) {
      rows.push_back(service_row(*service));
    } else {
      failures.push_back(missing_row(each.text()));
    }
  }
  return Value::object({{"services", rows}, {"failures", failures}});
}

Answered<Value> list_services(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  std::vector<std::string> arns;
  for (const auto* service : world.clusters().services_in((*cluster)->owner, (*cluster)->name)) {
    arns.push_back(service_row(*service)["serviceArn"].text());
  }
  return arn_page(world, call, asked, arns, "serviceArns");
}

Answered<Value> list_tasks(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto host = last_part(asked["containerInstance"].text());
  const auto service = last_part(asked["serviceName"].text());
  const bool wants_stopped = asked["desiredStatus"].text() == "STOPPED";
  std::vector<std::string> arns;
  for (const auto& task : world.clusters().tasks()) {
    const bool is_ending = task.stopping_at != sim::kNever || task.stopped_at != sim::kNever;
    if (task.owner == (*cluster)->owner && task.cluster == (*cluster)->name &&
        is_ending == wants_stopped &&
        (host.empty() || world.clusters().hosts()[task.host].id == host) &&
        (service.empty() || task.service == service)) {
      arns.push_back(task_row(world, task)["taskArn"].text());
    }
  }
  return arn_page(world, call, asked, arns, "taskArns");
}

Answered<Value> describe_tasks(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  Value::List rows;
  Value::List failures;
  for (const auto& each : asked["tasks"].list()) {
    const auto* task =
        world.clusters().find_task((*cluster)->owner, (*cluster)->name, last_part(each.text()));
    if (task != nullptr) {
      rows.push_back(task_row(world, *task));
    } else {
      failures.push_back(missing_row(each.text()));
    }
  }
  return Value::object({{"tasks", rows}, {"failures", failures}});
}

Answered<Value> run_task(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto* definition = world.clusters().find_definition(
      (*cluster)->owner, last_part(asked["taskDefinition"].text()));
  const auto count = count_parameter(asked, "count", 1, 10);
  if (definition == nullptr || !count) {
    return definition == nullptr ? refuse(400, "ClientException", "TaskDefinition not found.")
                                 : tl::unexpected(count.error());
  }
  Value::List rows;
  Value::List failures;
  for (int i = 0; i < *count; ++i) {
    const auto* task = world.clusters().run((*cluster)->owner, (*cluster)->name, *definition);
    if (task != nullptr) {
      rows.push_back(task_row(world, *task));
    } else {
      failures.push_back(Value::object({{"reason", "RESOURCE:CPU"}}));
    }
  }
  return Value::object({{"tasks", rows}, {"failures", failures}});
}

Answered<Value> stop_task(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  auto* task = world.clusters().find_task((*cluster)->owner, (*cluster)->name,
                                          last_part(asked["task"].text()));
  if (task == nullptr) {
    return refuse_wrong("The referenced task was not found.");
  }
  world.clusters().stop(*task,
                        asked.has("reason") ? asked["reason"].text() : "Task stopped by user");
  return Value::object({{"task", task_row(world, *task)}});
}

}  // namespace spotvane::lab
