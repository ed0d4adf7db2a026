#pragma once

#include "sim/agenda.hpp"
#include "sim/cluster_query.hpp"
#include "sim/instance_market.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace spotvane::sim {

enum class HostStatus : std::uint8_t { Active, Draining, Inactive };

/// What is on a host.
struct HostLoad {
  int running = 0;  ///< with those that are stopping
  int pending = 0;
  int cpu = 0;
  int memory = 0;
  int of_services = 0;                    ///< that are not stopped
  std::map<std::string, int> alive = {};  ///< by service: pending and running
};

/// An EC2 instance as ECS knows it: a container instance.
struct ClusterHost {
  std::string id;  ///< 32 hexadecimal digits
  Owner owner;
  std::string cluster;
  std::string instance_id;
  HostStatus status = HostStatus::Active;
  bool is_connected = true;
  int cpu = 0;     ///< units: 1,024 of a vCPU
  int memory = 0;  ///< MiB
  std::map<std::string, std::string> attributes = {};
  int version = 1;
  TimePoint registered_at = {};
  HostLoad load = {};

  // What an auditor wants to know.
  TimePoint drained_at = kNever;  ///< first told to drain
  int drain_orders = 0;           ///< how often it was told to
  TimePoint empty_at = kNever;    ///< since when no task of a service was on it, once it drained
  TimePoint gone_at = kNever;
  int tasks_lost = 0;  ///< running when it went
};

enum class TaskStatus : std::uint8_t { Pending, Running, Stopping, Stopped };

struct ClusterTask {
  std::string id;
  Owner owner;
  std::string cluster;
  std::string service = {};  ///< empty: it runs by itself
  std::string definition;    ///< "web:1"
  std::uint32_t host = 0;    ///< of `hosts()`
  int cpu = 0;
  int memory = 0;
  Duration stop_timeout = std::chrono::seconds{30};
  TaskStatus status = TaskStatus::Pending;
  TimePoint created_at = {};
  TimePoint running_at = kNever;
  TimePoint stopping_at = kNever;
  TimePoint stopped_at = kNever;
  bool was_killed = false;  ///< it had not ended by itself within its stop time-out
  bool was_lost = false;    ///< it ran, and its host went
  std::string reason = {};
};

struct TaskContainer {
  std::string name;
  std::string image;
};

struct TaskDefinition {
  Owner owner;
  std::string family;
  int revision = 1;
  int cpu = 0;
  int memory = 0;
  Duration stop_timeout = std::chrono::seconds{30};
  std::vector<TaskContainer> containers = {};
  std::vector<std::string> constraints = {};  ///< in the language of `ClusterQuery`

  std::string name() const { return family + ":" + std::to_string(revision); }
};

struct ClusterService {
  std::string name;
  Owner owner;
  std::string cluster;
  std::string definition;
  int desired = 0;
  int least_percent = 100;  ///< minimumHealthyPercent
  int most_percent = 200;   ///< maximumPercent
  std::vector<std::string> constraints = {};
  bool is_spread = false;  ///< distinctInstance
  bool is_deleted = false;
  TimePoint created_at = {};

  struct Event {
    TimePoint at;
    std::string text;
  };
  std::deque<Event> events = {};  ///< the newest first

  // What an auditor wants to know.
  bool was_steady = false;         ///< it has had all its tasks once
  int fewest_running = 0;          ///< since then
  TimePoint below_since = kNever;  ///< fewer than the least that is healthy; never: it is not
  Duration below_minimum{0};       ///< in all, up to `below_since`
  int tasks_started = 0;
  int tasks_stopped = 0;
  int tasks_lost = 0;

  bool is_looked_at = false;  ///< the scheduler will, soon
  int running = 0;            ///< and not about to stop
  int pending = 0;

  int minimum() const { return (desired * least_percent + 99) / 100; }
  int maximum() const { return desired * most_percent / 100; }
};

struct Cluster {
  std::string name;
  Owner owner;
  TimePoint created_at = {};
  bool is_active = true;
};

/// ECS as a model: clusters of EC2 instances, and services whose tasks are started, moved off hosts
/// that drain, and lost with hosts that go. Instances whose user data says ECS_CLUSTER=NAME come to
/// that cluster some seconds after they run, with the attributes of its ECS_INSTANCE_ATTRIBUTES.
///
/// A draining host's tasks move by ECS's rule: never fewer than minimumHealthyPercent of those
/// desired run, never more than maximumPercent are there; tasks by themselves stay. What moves time
/// is `agenda`. Pointers and indices stay good for as long as it lives.
class Clusters {
 public:
  Clusters(Agenda& agenda, const InstanceMarket& market, std::uint64_t seed)
      : agenda_{agenda}, market_{market}, seed_{seed} {}

  Cluster& create(const Owner& owner, const std::string& name);
  Cluster* find(const Owner& owner, const std::string& name);
  std::vector<const Cluster*> list(const Owner& owner) const;

  /// Registers an instance; one that is there already keeps its place.
  ClusterHost& add_host(const Owner& owner, const std::string& cluster, const Instance& instance);
  /// By its ID; null where the cluster has none such.
  ClusterHost* find_host(const Owner& owner, const std::string& cluster, const std::string& id);
  const ClusterHost* host_of(const std::string& instance_id) const;
  std::vector<ClusterHost*> hosts_in(const Owner& owner, const std::string& cluster);
  const std::deque<ClusterHost>& hosts() const { return hosts_; }
  /// Active or Draining; Inactive takes it out of the cluster, with its tasks.
  void set_status(ClusterHost& host, HostStatus status);

  TaskDefinition& add_definition(TaskDefinition wanted);
  /// "web:1", or "web" for the newest; null where there is none.
  const TaskDefinition* find_definition(const Owner& owner, const std::string& name) const;

  /// Refused where there is one of that name.
  Granted<ClusterService*> create_service(ClusterService wanted);
  ClusterService* find_service(const Owner& owner, const std::string& cluster,
                               const std::string& name);
  std::vector<ClusterService*> services_in(const Owner& owner, const std::string& cluster);
  const std::deque<ClusterService>& services() const { return services_; }
  /// After it was changed: the scheduler looks at it again.
  void look_at(ClusterService& service);

  /// A task by itself; null where no host has room for it.
  ClusterTask* run(const Owner& owner, const std::string& cluster,
                   const TaskDefinition& definition);
  void stop(ClusterTask& task, std::string reason);
  const std::deque<ClusterTask>& tasks() const { return tasks_; }
  ClusterTask* find_task(const Owner& owner, const std::string& cluster, const std::string& id);

  // What happens to instances.

  void launched(const Instance& instance);
  void noticed(const Instance& instance);
  void ended(const Instance& instance);

  /// How much of the instance its services' tasks work with: of its CPUs, at most all; all where it
  /// is none of ECS's.
  double working_part(const Instance& instance);
  /// Told of each instance of which that may have changed.
  void tell_work(std::function<void(const std::string& instance_id)> on_work) {
    on_work_ = std::move(on_work);
  }

  /// What a condition of a query may ask of a host.
  std::optional<std::string> trait(const ClusterHost& host, std::string_view subject) const;

 private:
  using Place = std::tuple<Owner, std::string, std::string>;  // whose, cluster, ID or name

  TimePoint now() const { return market_.now(); }
  std::uint64_t next_key();
  std::uint32_t index_of(const ClusterHost& host) const;
  std::vector<ClusterTask*> tasks_on(const ClusterHost& host);
  std::vector<ClusterTask*> tasks_of(const ClusterService& service);

  void schedule(ClusterService& service);
  void stop_what_may(ClusterService& service);
  void start_what_lacks(ClusterService& service);
  std::optional<std::uint32_t> place(const Owner& owner, const std::string& cluster,
                                     const TaskDefinition& definition,
                                     const ClusterService* service) const;
  bool takes(const ClusterHost& host, const TaskDefinition& definition,
             const ClusterService* service) const;
  ClusterTask& start(std::uint32_t host, const TaskDefinition& definition, std::string service);
  void stopped(ClusterTask& task, std::string reason);
  /// The one way a task changes its status: what is on its host and of its service goes with it.
  void turn(ClusterTask& task, TaskStatus status);
  void count_task(const ClusterTask& task, int sign);
  void tell(ClusterService& service, std::string text);
  void count(ClusterService& service);
  void look_at_all(const Owner& owner, const std::string& cluster);

  Agenda& agenda_;
  const InstanceMarket& market_;
  std::uint64_t seed_;
  std::uint64_t things_ = 0;
  std::map<std::pair<Owner, std::string>, Cluster> clusters_;
  std::deque<ClusterHost> hosts_;
  std::map<Place, std::uint32_t> host_index_;
  std::map<std::string, std::uint32_t> host_of_instance_;
  std::deque<TaskDefinition> definitions_;
  std::deque<ClusterService> services_;
  std::deque<ClusterTask> tasks_;
  std::set<std::uint32_t> live_tasks_;  // that are not stopped
  std::function<void(const std::string& instance_id)> on_work_ = {};
};

}  // namespace spotvane::sim
