#include "adapters/aws/aws_container_services.hpp"

#include "base/number.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

constexpr int kMostHosts = 100;  // of one call

AwsCall service_call(const model::Region& region, std::string action, const json& call) {
  return {wire::kEcs, region.text(), std::move(action),
          call.dump(-1, ' ', false, json::error_handler_t::replace)};
}

Result<json> read_answer(const Result<std::string>& body, std::string_view action) {
  if (!body) {
    return tl::unexpected(body.error());
  }
  auto answer = json::parse(*body, nullptr, false);
  return answer.is_object()
             ? Result<json>{std::move(answer)}
             : fail(ErrorKind::Corrupt, "ecs:{}: the answer is no JSON object", action);
}

std::string text_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

int number_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

/// Those of a list that are objects.
std::vector<json> objects_at(const json& answer, const char* name) {
  std::vector<json> objects;
  const auto found = answer.find(name);
  if (found != answer.end() && found->is_array()) {
    std::copy_if(found->begin(), found->end(), std::back_inserter(objects),
                 [](const json& one) { return one.is_object(); });
  }
  return objects;
}

std::string name_of_cluster(const std::string& cluster) {
  return cluster.empty() ? "default" : cluster;
}

/// Of "failures", or where the answer names no service at all.
tl::unexpected<Error> no_service(const ContainerServiceName& name) {
  return fail(ErrorKind::NotFound, "ecs:DescribeServices: cluster '{}' has no service '{}'",
              name_of_cluster(name.cluster), name.service);
}

ContainerServiceStatus read_service(const json& one) {
  return {.status = text_at(one, "status"),
          .launch_type = text_at(one, "launchType"),
          .is_daemon = text_at(one, "schedulingStrategy") == "DAEMON",
          .desired = number_at(one, "desiredCount"),
          .running = number_at(one, "runningCount"),
          .pending = number_at(one, "pendingCount")};
}

/// What a task takes of its host: as the definition says of it, else of all its containers.
void read_task_size(const json& definition, ContainerServiceStatus& status) {
  for (const auto& one : objects_at(definition, "containerDefinitions")) {
    const auto reserved = number_at(one, "memoryReservation");
    status.task_cpu += number_at(one, "cpu");
    status.task_memory += reserved > 0 ? reserved : number_at(one, "memory");
  }
  const auto whole = [&](const char* name, int otherwise) {
    const auto number = parse_integer(text_at(definition, name));
    return number ? static_cast<int>(std::clamp<std::int64_t>(*number, 0, 1'000'000)) : otherwise;
  };
  status.task_cpu = whole("cpu", status.task_cpu);
  status.task_memory = whole("memory", status.task_memory);
}

ServiceHost read_service_host(const json& one) {
  ServiceHost host{
      .arn = text_at(one, "containerInstanceArn"),
      .instance_id = text_at(one, "ec2InstanceId"),
      .status = text_at(one, "status"),
      .is_connected = one.value("agentConnected", json{}) != json(false),
      .tasks = number_at(one, "runningTasksCount") + number_at(one, "pendingTasksCount")};
  for (const auto& resource : objects_at(one, "registeredResources")) {
    const auto name = text_at(resource, "name");
    host.cpu = name == "CPU" ? number_at(resource, "integerValue") : host.cpu;
    host.memory = name == "MEMORY" ? number_at(resource, "integerValue") : host.memory;
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
  const auto call =
      service_call(name.region, "DescribeServices",
                   {{"cluster", name_of_cluster(name.cluster)}, {"services", {name.service}}});
  client_.call(call, [this, name, on_status](const Result<std::string>& body) {
    const auto answer = read_answer(body, "DescribeServices");
    if (!answer) {
      return on_status(tl::unexpected(answer.error()));
    }
    const auto found = objects_at(*answer, "services");
    if (found.empty()) {
      return on_status(no_service(name));
    }
    describe_task(name.region, text_at(found.front(), "taskDefinition"),
                  read_service(found.front()), on_status);
  });
}

void AwsContainerServices::describe_task(const model::Region& region, const std::string& definition,
                                         ContainerServiceStatus status,
                                         On<ContainerServiceStatus> on_status) {
  client_.call(service_call(region, "DescribeTaskDefinition", {{"taskDefinition", definition}}),
               [status = std::move(status),
                on_status = std::move(on_status)](const Result<std::string>& body) mutable {
                 const auto answer = read_answer(body, "DescribeTaskDefinition");
                 if (!answer) {
                   return on_status(tl::unexpected(answer.error()));
                 }
                 read_task_size(answer->value("taskDefinition", json::object()), status);
                 on_status(std::move(status));
               });
}

void AwsContainerServices::set_desired_count(ContainerServiceName name, int count,
                                             On<void> on_done) {
  client_.call(service_call(name.region, "UpdateService",
                            {{"cluster", name_of_cluster(name.cluster)},
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
  json call{{"cluster", name_of_cluster(walk->cluster)},
            {"filter", walk->filter},
            {"maxResults", kMostHosts}};
  if (!token.empty()) {
    call["nextToken"] = token;
  }
  const auto describe = [this, walk](const json& arns, const std::string& next) {
    client_.call(
        service_call(walk->region, "DescribeContainerInstances",
                     {{"cluster", name_of_cluster(walk->cluster)}, {"containerInstances", arns}}),
        [this, walk, next](const Result<std::string>& body) {
          const auto answer = read_answer(body, "DescribeContainerInstances");
          if (!answer) {
            return walk->on_hosts(tl::unexpected(answer.error()));
          }
          for (const auto& one : objects_at(*answer, "containerInstances")) {
            walk->found.push_back(read_service_host(one));
          }
          next.empty() ? walk->on_hosts(std::move(walk->found)) : next_hosts(walk, next);
        });
  };
  client_.call(service_call(walk->region, "ListContainerInstances", call),
               [walk, describe](const Result<std::string>& body) {
                 const auto listed = read_answer(body, "ListContainerInstances");
                 if (!listed) {
                   return walk->on_hosts(tl::unexpected(listed.error()));
                 }
                 const auto arns = listed->value("containerInstanceArns", json::array());
                 if (!arns.is_array() || arns.empty()) {
                   return walk->on_hosts(std::move(walk->found));
                 }
                 describe(arns, text_at(*listed, "nextToken"));
               });
}

}  // namespace spotvane::adapters
