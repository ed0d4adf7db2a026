#include "sim/clusters.hpp"

#include "sim/value_noise.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

/// From running to registered: the system starts its services, and the agent calls ECS.
constexpr Duration kShortestBoot = std::chrono::seconds{6};
constexpr Duration kBootSpread = std::chrono::seconds{10};
constexpr int kUnitsOfVcpu = 1024;
/// What ECS's agent and the system keep of a host's memory.
constexpr double kMemoryShare = 0.94;
constexpr std::int64_t kMibOfGib = 1024;

/// What the line "ECS_CLUSTER=prod" of user data says, wherever a script writes it.
std::string setting_in(const std::string& user_data, std::string_view name) {
  const auto begin = user_data.find(fmt::format("{}=", name));
  if (begin == std::string::npos) {
    return {};
  }
  const auto value = begin + name.size() + 1;
  return user_data.substr(value, user_data.find_first_of(" \t\r\n;'\">", value) - value);
}

/// {"name": "value"} after "ECS_INSTANCE_ATTRIBUTES=": texts without escapes.
std::map<std::string, std::string> attributes_in(const std::string& user_data) {
  constexpr std::string_view kName = "ECS_INSTANCE_ATTRIBUTES={";
  const auto begin = user_data.find(kName);
  if (begin == std::string::npos) {
    return {};
  }
  const auto inside = begin + kName.size();
  const auto end = std::min(user_data.find('}', inside), user_data.size());
  std::vector<std::string> texts;
  for (auto open = user_data.find('"', inside); open < end;) {
    const auto close = std::min(user_data.find('"', open + 1), end);
    texts.push_back(user_data.substr(open + 1, close - open - 1));
    open = user_data.find('"', close + 1);
  }
  std::map<std::string, std::string> attributes;
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
    attributes[texts[i]] = texts[i + 1];
  }
  return attributes;
}

}  // namespace

std::uint64_t Clusters::next_key() {
  return derive(seed_, ++things_);
}

Cluster& Clusters::create(const Owner& owner, const std::string& name) {
  auto& cluster =
      clusters_
          .try_emplace({owner, name}, Cluster{.name = name, .owner = owner, .created_at = now()})
          .first->second;
  cluster.is_active = true;
  return cluster;
}

Cluster* Clusters::find(const Owner& owner, const std::string& name) {
  const auto found = clusters_.find({owner, name});
  return found == clusters_.end() ? nullptr : &found->second;
}

std::vector<const Cluster*> Clusters::list(const Owner& owner) const {
  std::vector<const Cluster*> found;
  for (const auto& [key, cluster] : clusters_) {
    if (key.first == owner && cluster.is_active) {
      found.push_back(&cluster);
    }
  }
  return found;
}

ClusterHost& Clusters::add_host(const Owner& owner, const std::string& cluster,
                                const Instance& instance) {
  if (const auto known = host_of_instance_.find(instance.id);
      known != host_of_instance_.end() && hosts_[known->second].cluster == cluster &&
      hosts_[known->second].status != HostStatus::Inactive) {
    return hosts_[known->second];
  }
  const auto& facts = *market_.book().type(instance.spec.type);
  const auto key = next_key();
  const auto index = static_cast<std::uint32_t>(hosts_.size());
  auto& host = hosts_.emplace_back(ClusterHost{
      .id = fmt::format("{:016x}{:016x}", derive(key, 1), derive(key, 2)),
      .owner = owner,
      .cluster = cluster,
      .instance_id = instance.id,
      .cpu = facts.vcpus * kUnitsOfVcpu,
      .memory = static_cast<int>(static_cast<double>(facts.memory_mib) * kMemoryShare),
      .attributes = {{"ecs.ami-id", instance.spec.image_id},
                     {"ecs.availability-zone-id", instance.spec.zone.text()},
                     {"ecs.cpu-architecture",
                      facts.architectures.empty() ? "x86_64" : facts.architectures.back()},
                     {"ecs.instance-type", instance.spec.type.text()},
                     {"ecs.os-type", "linux"}},
      .registered_at = now()});
  host.attributes.merge(attributes_in(instance.spec.user_data));
  host_index_[{owner, cluster, host.id}] = index;
  host_of_instance_[instance.id] = index;
  look_at_all(owner, cluster);
  return host;
}

ClusterHost* Clusters::find_host(const Owner& owner, const std::string& cluster,
                                 const std::string& id) {
  const auto found = host_index_.find({owner, cluster, id});
  return found == host_index_.end() ? nullptr : &hosts_[found->second];
}

const ClusterHost* Clusters::host_of(const std::string& instance_id) const {
  const auto found = host_of_instance_.find(instance_id);
  return found == host_of_instance_.end() ? nullptr : &hosts_[found->second];
}

std::vector<ClusterHost*> Clusters::hosts_in(const Owner& owner, const std::string& cluster) {
  std::vector<ClusterHost*> found;
  for (auto& host : hosts_) {
    if (host.owner == owner && host.cluster == cluster) {
      found.push_back(&host);
    }
  }
  return found;
}

std::uint32_t Clusters::index_of(const ClusterHost& host) const {
  return host_index_.at({host.owner, host.cluster, host.id});
}

void Clusters::set_status(ClusterHost& host, HostStatus status) {
  if (status == HostStatus::Draining) {
    ++host.drain_orders;
    host.drained_at = std::min(host.drained_at, now());
  }
  if (host.status == status || host.status == HostStatus::Inactive) {
    return;
  }
  host.status = status;
  ++host.version;
  if (status == HostStatus::Active) {
    host.empty_at = kNever;
  } else if (host.load.of_services == 0) {
    host.empty_at = std::min(host.empty_at, now());
  }
  if (status == HostStatus::Inactive) {
    host.is_connected = false;
    host.gone_at = now();
    for (auto* task : tasks_on(host)) {
      stopped(*task, "Container instance was deregistered");
    }
  }
  look_at_all(host.owner, host.cluster);
}

TaskDefinition& Clusters::add_definition(TaskDefinition wanted) {
  for (const auto& known : definitions_) {
    if (known.owner == wanted.owner && known.family == wanted.family) {
      wanted.revision = std::max(wanted.revision, known.revision + 1);
    }
  }
  return definitions_.emplace_back(std::move(wanted));
}

const TaskDefinition* Clusters::find_definition(const Owner& owner, const std::string& name) const {
  const auto found =
      std::find_if(definitions_.rbegin(), definitions_.rend(), [&](const TaskDefinition& one) {
        return one.owner == owner && (one.family == name || one.name() == name);
      });
  return found == definitions_.rend() ? nullptr : &*found;
}

Granted<ClusterService*> Clusters::create_service(ClusterService wanted) {
  if (const auto* known = find_service(wanted.owner, wanted.cluster, wanted.name);
      known != nullptr && (!known->is_deleted || known->running + known->pending > 0)) {
    return tl::unexpected(MarketRefusal{"InvalidParameterException",
                                        known->is_deleted
                                            ? "Unable to Start a service that is still Draining."
                                            : "Creation of service was not idempotent."});
  }
  wanted.created_at = now();
  auto& made = services_.emplace_back(std::move(wanted));
  look_at(made);
  return &made;
}

ClusterService* Clusters::find_service(const Owner& owner, const std::string& cluster,
                                       const std::string& name) {
  const auto found =
      std::find_if(services_.rbegin(), services_.rend(), [&](const ClusterService& one) {
        return one.owner == owner && one.cluster == cluster && one.name == name;
      });
  return found == services_.rend() ? nullptr : &*found;
}

std::vector<ClusterService*> Clusters::services_in(const Owner& owner, const std::string& cluster) {
  std::vector<ClusterService*> found;
  for (auto& service : services_) {
    if (service.owner == owner && service.cluster == cluster && !service.is_deleted) {
      found.push_back(&service);
    }
  }
  return found;
}

ClusterTask* Clusters::find_task(const Owner& owner, const std::string& cluster,
                                 const std::string& id) {
  const auto found = std::find_if(tasks_.begin(), tasks_.end(), [&](const ClusterTask& one) {
    return one.owner == owner && one.cluster == cluster && one.id == id;
  });
  return found == tasks_.end() ? nullptr : &*found;
}

void Clusters::launched(const Instance& instance) {
  const auto cluster = setting_in(instance.spec.user_data, "ECS_CLUSTER");
  if (cluster.empty() || instance.running_at == kNever) {
    return;
  }
  const auto share = uniform(derive(derive(seed_, instance.id), "boot"));
  const auto boot =
      kShortestBoot +
      Duration{static_cast<std::int64_t>(share * static_cast<double>(kBootSpread.count()))};
  agenda_.at(instance.running_at + boot, [this, &instance, cluster] {
    const auto* known = find(instance.owner, cluster);
    if (known != nullptr && known->is_active && state(instance, now()) == InstanceState::Running) {
      add_host(instance.owner, cluster, instance);
    }
  });
}

void Clusters::noticed(const Instance& instance) {
  const auto found = host_of_instance_.find(instance.id);
  if (found != host_of_instance_.end() &&
      setting_in(instance.spec.user_data, "ECS_ENABLE_SPOT_INSTANCE_DRAINING") == "true") {
    agenda_.at(now() + std::chrono::seconds{1}, [this, index = found->second] {
      if (hosts_[index].status == HostStatus::Active) {
        set_status(hosts_[index], HostStatus::Draining);
      }
    });
  }
}

void Clusters::ended(const Instance& instance) {
  const auto found = host_of_instance_.find(instance.id);
  if (found == host_of_instance_.end() || hosts_[found->second].status == HostStatus::Inactive) {
    return;
  }
  auto& host = hosts_[found->second];
  for (auto* task : tasks_on(host)) {
    if (task->status == TaskStatus::Running) {
      task->was_lost = true;
      ++host.tasks_lost;
    }
    stopped(*task, fmt::format("Host EC2 (instance {}) terminated.", instance.id));
  }
  set_status(host, HostStatus::Inactive);
}

double Clusters::working_part(const Instance& instance) {
  if (setting_in(instance.spec.user_data, "ECS_CLUSTER").empty()) {
    return 1.0;
  }
  const auto found = host_of_instance_.find(instance.id);
  if (found == host_of_instance_.end() || hosts_[found->second].cpu == 0) {
    return 0.0;
  }
  const auto& host = hosts_[found->second];
  int used = 0;
  for (const auto* task : tasks_on(host)) {
    const bool works = task->status == TaskStatus::Running && !task->service.empty();
    used += works ? task->cpu : 0;
  }
  return std::min(1.0, static_cast<double>(used) / host.cpu);
}

std::optional<std::string> Clusters::trait(const ClusterHost& host,
                                           std::string_view subject) const {
  constexpr std::string_view kAttribute = "attribute:";
  if (subject.starts_with(kAttribute)) {
    const auto found = host.attributes.find(std::string{subject.substr(kAttribute.size())});
    return found == host.attributes.end() ? std::nullopt : std::optional{found->second};
  }
  if (subject == "ec2InstanceId") {
    return host.instance_id;
  }
  if (subject == "agentConnected") {
    return host.is_connected ? "true" : "false";
  }
  if (subject == "runningTasksCount") {
    return fmt::to_string(host.load.running);
  }
  if (subject == "pendingTasksCount") {
    return fmt::to_string(host.load.pending);
  }
  return std::nullopt;
}

}  // namespace spotvane::sim
