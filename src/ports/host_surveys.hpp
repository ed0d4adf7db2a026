#pragma once

#include "base/time.hpp"
#include "ports/containers.hpp"

#include <string>
#include <vector>

namespace spotvane {

/// A task on a host.
struct HostTask {
  std::string service = {};  ///< empty: it runs by itself
  int cpu = 0;               ///< units: 1,024 of a vCPU
  int memory = 0;            ///< MiB
  Duration stop_timeout = std::chrono::seconds{30};
};

/// A service that has tasks on it.
struct HostService {
  std::string name = {};
  int desired = 0;
  int running = 0;
  int least_percent = 100;  ///< minimumHealthyPercent
  int most_percent = 200;   ///< maximumPercent
};

/// What is free on another host of the cluster that takes tasks.
struct HostRoom {
  int cpu = 0;
  int memory = 0;
};

/// What has to leave a host, and where it may go.
struct HostSurvey {
  std::vector<HostTask> tasks = {};
  std::vector<HostService> services = {};
  std::vector<HostRoom> rooms = {};
};

/// ECS, as far as it is known whether a host will drain.
class HostSurveys {
 public:
  virtual ~HostSurveys() = default;

  virtual void survey(ContainerHost host, On<HostSurvey> on_survey) = 0;
};

}  // namespace spotvane
