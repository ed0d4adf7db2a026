#include "adapters/aws/aws_containers.hpp"

#include "adapters/aws/ecs_calls.hpp"
#include "adapters/aws/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

ContainerHostStatus read_host(const json& one) {
  return {.arn = json_text(one, "containerInstanceArn"),
          .instance_id = json_text(one, "ec2InstanceId"),
          .status = json_text(one, "status"),
          .running_tasks = json_number(one, "runningTasksCount"),
          .pending_tasks = json_number(one, "pendingTasksCount")};
}

Result<Draining> read_draining(const Result<std::string>& body) {
  const auto answer = read_ecs(body, "UpdateContainerInstancesState");
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  if (!json_objects(*answer, "containerInstances").empty()) {
    return Draining::Begun;
  }
  const auto failures = json_objects(*answer, "failures");
  if (failures.empty()) {
    return fail(ErrorKind::Corrupt, "ecs:UpdateContainerInstancesState: the answer says nothing");
  }
  const auto reason = json_text(failures.front(), "reason");
  if (reason == "MISSING" || reason == "INACTIVE") {
    return Draining::NoSuchHost;
  }
  return fail(ErrorKind::Unavailable, "ecs:UpdateContainerInstancesState: {} {}", reason,
              json_text(failures.front(), "detail"));
}

/// Asks for what is on a host and for the room elsewhere, one call after the other.
class SurveyWalk : public std::enable_shared_from_this<SurveyWalk> {
 public:
  SurveyWalk(AwsClient& client, ContainerHost host, On<HostSurvey> on_survey)
      : client_{client}, host_{std::move(host)}, on_survey_{std::move(on_survey)} {}

  void start() {
    ask("ListTasks", {{"containerInstance", host_.arn}, {"maxResults", 100}},
        [this](const json& answer) {
          const auto arns = answer.value("taskArns", json::array());
          if (arns.empty()) {
            return end();
          }
          ask("DescribeTasks", {{"tasks", arns}}, [this](const json& tasks) { take_tasks(tasks); });
        });
  }

 private:
  /// The answer is an object; anything else ends the walk with its failure.
  void ask(const std::string& action, json call, const std::function<void(const json&)>& then) {
    call["cluster"] = cluster_of(host_.cluster);
    client_.call(ecs_call(host_.region, action, call),
                 [self = shared_from_this(), action, then](const Result<std::string>& body) {
                   const auto answer = read_ecs(body, action);
                   if (!answer) {
                     return self->on_survey_(tl::unexpected(answer.error()));
                   }
                   then(*answer);
                 });
  }

  void take_tasks(const json& answer) {
    for (const auto& one : json_objects(answer, "tasks")) {
      const auto group = json_text(one, "group");
      constexpr std::string_view kService = "service:";
      const auto service = group.starts_with(kService) ? group.substr(kService.size()) : "";
      tasks_.emplace_back(json_text(one, "taskDefinitionArn"), service);
      definitions_.insert(tasks_.back().first);
      if (!service.empty()) {
        services_.insert(service);
      }
    }
    next_definition();
  }

  void next_definition() {
    if (definitions_.empty()) {
      for (const auto& [definition, service] : tasks_) {
        survey_.tasks.push_back(known_[definition]);
        survey_.tasks.back().service = service;
      }
      return next_services();
    }
    const auto name = definitions_.extract(definitions_.begin()).value();
    ask("DescribeTaskDefinition", {{"taskDefinition", name}}, [this, name](const json& answer) {
      auto& task = known_[name];
      Duration longest{0};
      const auto definition = answer.value("taskDefinition", json::object());
      for (const auto& one : json_objects(definition, "containerDefinitions")) {
        task.cpu += json_number(one, "cpu");
        task.memory += std::max(json_number(one, "memory"), json_number(one, "memoryReservation"));
        const int timeout = json_number(one, "stopTimeout");
        longest = std::max<Duration>(longest, std::chrono::seconds{timeout > 0 ? timeout : 30});
      }
      task.stop_timeout = longest;
      next_definition();
    });
  }

  void next_services() {
    constexpr std::size_t kMostServices = 10;
    auto names = json::array();
    while (!services_.empty() && names.size() < kMostServices) {
      names.push_back(services_.extract(services_.begin()).value());
    }
    if (names.empty()) {
      return next_rooms("");
    }
    ask("DescribeServices", {{"services", names}}, [this](const json& answer) {
      for (const auto& one : json_objects(answer, "services")) {
        const auto deployment = one.value("deploymentConfiguration", json::object());
        survey_.services.push_back({.name = json_text(one, "serviceName"),
                                    .desired = json_number(one, "desiredCount"),
                                    .running = json_number(one, "runningCount"),
                                    .least_percent = deployment.value("minimumHealthyPercent", 100),
                                    .most_percent = deployment.value("maximumPercent", 200)});
      }
      next_services();
    });
  }

  void next_rooms(const std::string& token) {
    json call{{"status", "ACTIVE"}, {"maxResults", 100}};
    if (!token.empty()) {
      call["nextToken"] = token;
    }
    ask("ListContainerInstances", std::move(call), [this](const json& listed) {
      const auto arns = listed.value("containerInstanceArns", json::array());
      if (arns.empty()) {
        return end();
      }
      ask("DescribeContainerInstances", {{"containerInstances", arns}},
          [this, next = json_text(listed, "nextToken")](const json& answer) {
            for (const auto& one : json_objects(answer, "containerInstances")) {
              if (json_text(one, "containerInstanceArn") != host_.arn) {
                take_room(one);
              }
            }
            next.empty() ? end() : next_rooms(next);
          });
    });
  }

  void take_room(const json& host) {
    HostRoom room;
    for (const auto& one : json_objects(host, "remainingResources")) {
      const auto name = json_text(one, "name");
      room.cpu = name == "CPU" ? json_number(one, "integerValue") : room.cpu;
      room.memory = name == "MEMORY" ? json_number(one, "integerValue") : room.memory;
    }
    survey_.rooms.push_back(room);
  }

  void end() { on_survey_(std::move(survey_)); }

  AwsClient& client_;
  ContainerHost host_;
  On<HostSurvey> on_survey_;
  HostSurvey survey_;
  std::vector<std::pair<std::string, std::string>> tasks_;  // definition and service of each
  std::set<std::string> definitions_;                       // that are still to be asked for
  std::set<std::string> services_;                          // likewise
  std::map<std::string, HostTask> known_;                   // by definition
};

}  // namespace

void AwsContainers::survey(ContainerHost host, On<HostSurvey> on_survey) {
  std::make_shared<SurveyWalk>(client_, std::move(host), std::move(on_survey))->start();
}

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
                      next = json_text(*listed, "nextToken")](const Result<std::string>& text) {
                       const auto described = read_ecs(text, "DescribeContainerInstances");
                       if (!described) {
                         return on_host(tl::unexpected(described.error()));
                       }
                       for (const auto& one : json_objects(*described, "containerInstances")) {
                         if (json_text(one, "ec2InstanceId") == instance_id) {
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
