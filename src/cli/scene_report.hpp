#pragma once

#include "lab/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// The cluster at one moment.
struct SceneMoment {
  TimePoint at;
  int spot_hosts = 0;  ///< that take tasks
  int draining = 0;
  int on_demand_hosts = 0;
  std::vector<int> running;  ///< tasks, service by service
};

/// What became of a service.
struct SceneService {
  std::string name;
  int desired = 0;
  int minimum = 0;
  int fewest_running = 0;
  double below_minimum_s = 0.0;
  int tasks_lost = 0;
};

struct SceneEvent {
  TimePoint at;
  std::string what;
};

/// All that was seen.
struct SceneReport {
  TimePoint notice;
  int interrupted = 0;
  std::vector<SceneEvent> timeline;  ///< by time
  std::vector<SceneMoment> moments;
  std::vector<SceneService> services;
  std::vector<Duration> until_draining = {};    ///< each host that was taken back, sorted
  std::optional<Duration> until_capacity = {};  ///< the group's first change
  int drained_twice = 0;
  int lost_with_hosts = 0;      ///< tasks that still ran on hosts as AWS took them back
  bool is_whole_again = false;  ///< the fleet has its target, and the group gave back its servers
};

/// How many hosts of the cluster take tasks, spot or not.
int hosts_that_take_tasks(const lab::World& world, bool spot);

/// Whether each service has all its tasks.
bool is_steady(const lab::World& world);

/// The cluster as it is now.
SceneMoment moment_of(const lab::World& world);

/// Puts into the report what became of hosts, group and services since its notice, which agents saw
/// at `seen`.
void tell_scene(const lab::World& world, const std::string& group,
                const std::vector<TimePoint>& seen, SceneReport& report);

}  // namespace spotvane::cli
