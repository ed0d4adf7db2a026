#include "lab/ecs_clusters.hpp"

#include "lab/ecs_rows.hpp"
#include "lab/launch_form.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::size_t kMostUpdated = 10;
constexpr std::size_t kMostDescribed = 100;
constexpr std::size_t kMostAttributes = 10;

tl::unexpected<Refusal> refuse_parameter(std::string_view message) {
  return refuse(400, "InvalidParameterException", "{}", message);
}

/// The instance that an identity document, as the agent sends it, is of.
const sim::Instance* instance_of(const World& world, const Call& call, const Value& asked) {
  const auto document = Value::parse(asked["instanceIdentityDocument"].text());
  const auto id = document ? (*document)["instanceId"].text() : std::string{};
  const auto* instance = world.instances().find_any(id);
  return instance != nullptr && instance->owner == owner_of(call) ? instance : nullptr;
}

/// The host an attribute is of: by ARN or ID.
sim::ClusterHost* target_of(World& world, const sim::Cluster& cluster, const Value& attribute) {
  return world.clusters().find_host(cluster.owner, cluster.name,
                                    last_part(attribute["targetId"].text()));
}

Value attribute_row(const sim::ClusterHost& host, const std::string& name,
                    const std::string& value) {
  return Value::object({{"name", name},
                        {"value", value.empty() ? Value{} : Value{value}},
                        {"targetId", host_arn(host)}});
}

}  // namespace

Answered<Value> create_cluster(World& world, const Call& call, const Value& asked) {
  const auto name = asked.has("clusterName") ? asked["clusterName"].text() : "default";
  const auto& cluster = world.clusters().create(owner_of(call), name);
  return Value::object({{"cluster", cluster_row(world, cluster)}});
}

Answered<Value> delete_cluster(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  for (const auto* host : world.clusters().hosts_in((*cluster)->owner, (*cluster)->name)) {
    if (host->status != sim::HostStatus::Inactive) {
      return refuse(400, "ClusterContainsContainerInstancesException",
                    "The Cluster cannot be deleted while Container Instances are active or "
                    "draining.");
    }
  }
  (*cluster)->is_active = false;
  return Value::object({{"cluster", cluster_row(world, **cluster)}});
}

Answered<Value> describe_clusters(World& world, const Call& call, const Value& asked) {
  Value::List rows;
  Value::List failures;
  const Value::List usual{"default"};
  for (const auto& each : asked.has("clusters") ? asked["clusters"].list() : usual) {
    const auto name = last_part(each.text());
    const auto* cluster = world.clusters().find(owner_of(call), name);
    if (cluster != nullptr) {
      rows.push_back(cluster_row(world, *cluster));
    } else {
      failures.push_back(missing_row(cluster_arn(owner_of(call), name)));
    }
  }
  return Value::object({{"clusters", rows}, {"failures", failures}});
}

Answered<Value> list_clusters(World& world, const Call& call, const Value& asked) {
  std::vector<std::string> arns;
  for (const auto* cluster : world.clusters().list(owner_of(call))) {
    arns.push_back(cluster_arn(cluster->owner, cluster->name));
  }
  return arn_page(world, call, asked, arns, "clusterArns");
}

Answered<Value> register_container_instance(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto* instance = instance_of(world, call, asked);
  if (instance == nullptr) {
    return refuse(400, "ClientException", "The instance identity document is not of an instance.");
  }
  const auto& host = world.clusters().add_host((*cluster)->owner, (*cluster)->name, *instance);
  return Value::object({{"containerInstance", host_row(world, host)}});
}

Answered<Value> deregister_container_instance(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  auto* host = world.clusters().find_host((*cluster)->owner, (*cluster)->name,
                                          last_part(asked["containerInstance"].text()));
  if (host == nullptr) {
    return refuse_parameter("Referenced container instance not found.");
  }
  if (host->load.running + host->load.pending > 0 && !asked["force"].flag()) {
    return refuse_parameter("Found running tasks on the instance.");
  }
  world.clusters().set_status(*host, sim::HostStatus::Inactive);
  return Value::object({{"containerInstance", host_row(world, *host)}});
}

Answered<Value> list_container_instances(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto query = sim::ClusterQuery::parse(asked["filter"].text());
  if (!query) {
    return refuse_parameter("Invalid filter expression.");
  }
  const auto status = asked["status"].text();
  std::vector<std::string> arns;
  for (const auto* host : world.clusters().hosts_in((*cluster)->owner, (*cluster)->name)) {
    const bool is_wanted = host->status == sim::HostStatus::Active     ? status != "DRAINING"
                           : host->status == sim::HostStatus::Draining ? status != "ACTIVE"
                                                                       : false;
    if (is_wanted && query->holds([&](std::string_view subject) {
          return world.clusters().trait(*host, subject);
        })) {
      arns.push_back(host_arn(*host));
    }
  }
  return arn_page(world, call, asked, arns, "containerInstanceArns");
}

Answered<Value> describe_container_instances(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto& ids = asked["containerInstances"].list();
  if (ids.empty() || ids.size() > kMostDescribed) {
    return refuse_parameter("Container instances should have between 1 and 100 elements.");
  }
  Value::List rows;
  Value::List failures;
  for (const auto& id : ids) {
    const auto* host =
        world.clusters().find_host((*cluster)->owner, (*cluster)->name, last_part(id.text()));
    if (host != nullptr) {
      rows.push_back(host_row(world, *host));
    } else {
      failures.push_back(missing_row(id.text()));
    }
  }
  return Value::object({{"containerInstances", rows}, {"failures", failures}});
}

Answered<Value> update_container_instances_state(World& world, const Call& call,
                                                 const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto& ids = asked["containerInstances"].list();
  if (ids.empty() || ids.size() > kMostUpdated) {
    return refuse_parameter("Container instances should have between 1 and 10 elements.");
  }
  const auto status = asked["status"].text();
  if (status != "ACTIVE" && status != "DRAINING") {
    return refuse_parameter("Container instance status should be one of [ACTIVE,DRAINING]");
  }
  Value::List rows;
  Value::List failures;
  for (const auto& id : ids) {
    auto* host =
        world.clusters().find_host((*cluster)->owner, (*cluster)->name, last_part(id.text()));
    if (host == nullptr) {
      failures.push_back(missing_row(id.text()));
    } else if (host->status == sim::HostStatus::Inactive) {
      failures.push_back(Value::object({{"arn", host_arn(*host)}, {"reason", "INACTIVE"}}));
    } else {
      world.clusters().set_status(
          *host, status == "ACTIVE" ? sim::HostStatus::Active : sim::HostStatus::Draining);
      rows.push_back(host_row(world, *host));
    }
  }
  return Value::object({{"containerInstances", rows}, {"failures", failures}});
}

Answered<Value> put_attributes(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  const auto& wanted = asked["attributes"].list();
  if (wanted.empty() || wanted.size() > kMostAttributes) {
    return refuse(400, "AttributeLimitExceededException",
                  "The attributes should have between 1 and {} elements.", kMostAttributes);
  }
  for (const auto& attribute : wanted) {
    const auto* host = target_of(world, **cluster, attribute);
    if (host == nullptr || host->status == sim::HostStatus::Inactive) {
      return refuse(400, "TargetNotFoundException", "The specified target wasn't found.");
    }
    if (attribute["name"].text().empty()) {
      return refuse_parameter("Attribute name must not be empty.");
    }
  }
  Value::List rows;
  for (const auto& attribute : wanted) {
    auto* host = target_of(world, **cluster, attribute);
    const auto name = attribute["name"].text();
    host->attributes[name] = attribute["value"].text();
    ++host->version;
    rows.push_back(attribute_row(*host, name, host->attributes[name]));
  }
  return Value::object({{"attributes", rows}});
}

Answered<Value> delete_attributes(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  Value::List rows;
  for (const auto& attribute : asked["attributes"].list()) {
    auto* host = target_of(world, **cluster, attribute);
    if (host == nullptr) {
      return refuse(400, "TargetNotFoundException", "The specified target wasn't found.");
    }
    const auto name = attribute["name"].text();
    if (host->attributes.erase(name) > 0) {
      rows.push_back(attribute_row(*host, name, {}));
    }
  }
  return Value::object({{"attributes", rows}});
}

Answered<Value> list_attributes(World& world, const Call& call, const Value& asked) {
  const auto cluster = find_cluster(world, call, asked);
  if (!cluster) {
    return tl::unexpected(cluster.error());
  }
  Value::List rows;
  for (const auto* host : world.clusters().hosts_in((*cluster)->owner, (*cluster)->name)) {
    for (const auto& [name, value] : host->attributes) {
      const bool is_wanted =
          host->status != sim::HostStatus::Inactive &&
          (!asked.has("attributeName") || asked["attributeName"].text() == name) &&
          (!asked.has("attributeValue") || asked["attributeValue"].text() == value);
      if (is_wanted) {
        rows.push_back(attribute_row(*host, name, value));
      }
    }
  }
  return Value::object({{"attributes", rows}});
}

}  // namespace spotvane::lab
