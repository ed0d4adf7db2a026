#pragma once

#include "ports/cloud.hpp"

#include <string>
#include <vector>

namespace spotvane {

/// A service of an ECS cluster.
struct ContainerServiceName {
  model::Region region;
  std::string cluster;
  std::string service;
};

/// What ECS says of it.
struct ContainerServiceStatus {
  std::string status = {};       ///< "ACTIVE", "DRAINING", "INACTIVE"
  std::string launch_type = {};  ///< "EC2", "FARGATE"; empty: by a capacity provider
  bool is_daemon = false;        ///< one task on every host: it has no desired count
  int desired = 0;
  int running = 0;
  int pending = 0;
  int task_cpu = 0;     ///< units of one of its tasks: 1,024 of a vCPU
  int task_memory = 0;  ///< MiB
};

/// A host of the cluster, as far as it is known what it can hold.
struct ServiceHost {
  std::string arn;  ///< of the container instance
  std::string instance_id = {};
  std::string status = {};  ///< "ACTIVE", "DRAINING", ...
  bool is_connected = true;
  int cpu = 0;  ///< registered, in units
  int memory = 0;
  int tasks = 0;  ///< running and pending, of whichever service
};

/// ECS, as far as a service's tasks are to be as many as its hosts can hold.
class ContainerServices {
 public:
  virtual ~ContainerServices() = default;

  /// Fails with `NotFound` where there is no such cluster, or no such service in it.
  virtual void describe_service(ContainerServiceName name,
                                On<ContainerServiceStatus> on_status) = 0;

  virtual void set_desired_count(ContainerServiceName name, int count, On<void> on_done) = 0;

  /// Hosts of the cluster that have an attribute of this value, and are active or draining.
  virtual void hosts(model::Region region, std::string cluster, std::string attribute,
                     std::string value, On<std::vector<ServiceHost>> on_hosts) = 0;
};

}  // namespace spotvane
