#pragma once

#include "ports/cloud.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spotvane {

/// A host of an ECS cluster. An empty cluster is the one called "default".
struct ContainerHost {
  model::Region region;
  std::string cluster;
  std::string arn;  ///< of the container instance
};

/// What ECS says of a host.
struct ContainerHostStatus {
  std::string arn;
  std::string instance_id = {};
  std::string status = {};  ///< "ACTIVE", "DRAINING", "DEREGISTERING", ...
  int running_tasks = 0;
  int pending_tasks = 0;
};

/// What draining a host came to.
enum class Draining : std::uint8_t {
  Begun,       ///< it is DRAINING
  NoSuchHost,  ///< ECS knows no such container instance, or no longer: nothing is left to drain
};

/// ECS, as far as hosts that go are concerned.
class Containers {
 public:
  virtual ~Containers() = default;

  /// Sets the host to DRAINING: no new tasks, and those of services move. A success where it is
  /// already. `NotFound` where there is no such cluster.
  virtual void drain(ContainerHost host, On<Draining> on_draining) = 0;

  /// The host that runs on that instance; with an empty `arn` where the cluster has none.
  virtual void find_host(model::Region region, std::string cluster, std::string instance_id,
                         On<ContainerHostStatus> on_host) = 0;

  /// Sets attributes, each in place of its former value.
  virtual void put_attributes(ContainerHost host,
                              std::vector<std::pair<std::string, std::string>> attributes,
                              On<void> on_done) = 0;
};

}  // namespace spotvane
