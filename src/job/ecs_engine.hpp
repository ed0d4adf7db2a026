#pragma once

#include "job/engine.hpp"
#include "model/job.hpp"
#include "ports/clock.hpp"
#include "ports/container_services.hpp"
#include "ports/containers.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::job {

/// The attribute by which ECS knows a job's hosts; its value is the job.
inline constexpr auto kHostAttribute = "spotvane.job";

/// Runs a job's tasks as those of an ECS service: there are always as many as the job's hosts can
/// hold. Progress is what the tasks report, each for the host it is on. Hosts that are to go are
/// drained first; a job that is over leaves its service with no task.
class EcsEngine final : public Engine {
 public:
  struct Ports {
    const Clock& clock;
    ContainerServices& services;
    Containers& containers;
  };

  /// What it borrows must outlive it, and the loop must not run once it is gone.
  EcsEngine(model::JobId job, ContainerServiceName service, Ports ports);

  void start(std::function<void(Result<void>)> on_ready) override;
  void look(const JobBook& book, std::function<void(Result<EngineReport>)> on_report) override;
  void end(End how, std::function<void(Result<void>)> on_ended) override;
  bool holds(const model::JobWorker& worker) const override;

 private:
  /// What one look leads to.
  struct Orders {
    int desired = 0;
    std::vector<std::string> drains = {};  ///< instances
  };

  /// A host as of the latest look.
  struct SeenHost {
    std::string arn;
    int tasks = 0;
    bool is_draining = false;
  };

  Result<void> take(const ContainerServiceStatus& status);
  Orders orders_for(const JobBook& book, const std::vector<ServiceHost>& hosts);
  int room_on(const ServiceHost& host) const;
  void set_desired(int count, std::function<void(Result<void>)> then);
  void drain_next(std::vector<std::string> instances, std::function<void(Result<void>)> then);

  model::JobId job_;
  ContainerServiceName service_;
  Ports ports_;
  int task_cpu_ = 0;
  int task_memory_ = 0;
  bool is_checked_ = false;
  std::optional<int> desired_ = {};  // as ECS was last told; none: nobody knows
  bool is_winding_up_ = false;
  std::map<std::string, SeenHost> seen_;  // by instance
};

/// The lines of user data that make an instance a host of this cluster, and of this job.
std::string host_setup(const std::string& cluster, const model::JobId& job);

}  // namespace spotvane::job
