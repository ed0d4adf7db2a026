#include "sim/clusters.hpp"
#include "sim/value_noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace spotvane::sim {

namespace {

/// The scheduler looks a moment after something changed, and again while something is wanting.
constexpr Duration kSoonestLook = std::chrono::milliseconds{500};
constexpr Duration kLookSpread = std::chrono::seconds{2};
constexpr Duration kNextLook = std::chrono::seconds{10};
/// From placed to running: an image that is there, and health checks.
constexpr Duration kShortestStart = std::chrono::seconds{3};
constexpr Duration kStartSpread = std::chrono::seconds{6};
/// Asked to stop, most tasks do in this share of their time-out; some have to be killed.
constexpr double kSlowestStop = 1.15;
constexpr std::size_t kEventsKept = 100;

Duration drawn(std::uint64_t key, Duration least, Duration spread) {
  return least +
         Duration{static_cast<std::int64_t>(uniform(key) * static_cast<double>(spread.count()))};
}

bool is_alive(const ClusterTask& task) {
  return task.status == TaskStatus::Pending || task.status == TaskStatus::Running;
}

}  // namespace

std::vector<ClusterTask*> Clusters::tasks_on(const ClusterHost& host) {
  const auto index = index_of(host);
  std::vector<ClusterTask*> found;
  for (const auto each : live_tasks_) {
    if (tasks_[each].host == index) {
      found.push_back(&tasks_[each]);
    }
  }
  return found;
}

std::vector<ClusterTask*> Clusters::tasks_of(const ClusterService& service) {
  std::vector<ClusterTask*> found;
  for (const auto each : live_tasks_) {
    auto& task = tasks_[each];
    if (task.service == service.name && task.cluster == service.cluster &&
        task.owner == service.owner) {
      found.push_back(&task);
    }
  }
  return found;
}

void Clusters::count_task(const ClusterTask& task, int sign) {
  auto& load = hosts_[task.host].load;
  const bool is_pending = task.status == TaskStatus::Pending;
  (is_pending ? load.pending : load.running) += sign;
  load.cpu += sign * task.cpu;
  load.memory += sign * task.memory;
  if (task.service.empty()) {
    return;
  }
  load.of_services += sign;
  auto* service = find_service(task.owner, task.cluster, task.service);
  if (is_alive(task)) {
    load.alive[task.service] += sign;
    (is_pending ? service->pending : service->running) += sign;
  }
}

void Clusters::turn(ClusterTask& task, TaskStatus status) {
  count_task(task, -1);
  task.status = status;
  if (status != TaskStatus::Stopped) {
    count_task(task, 1);
  }
  if (on_work_) {
    on_work_(hosts_[task.host].instance_id);
  }
}

void Clusters::look_at(ClusterService& service) {
  count(service);
  if (service.is_looked_at) {
    return;
  }
  service.is_looked_at = true;
  agenda_.at(now() + drawn(next_key(), kSoonestLook, kLookSpread), [this, &service] {
    service.is_looked_at = false;
    schedule(service);
  });
}

void Clusters::look_at_all(const Owner& owner, const std::string& cluster) {
  for (auto* service : services_in(owner, cluster)) {
    look_at(*service);
  }
}

void Clusters::schedule(ClusterService& service) {
  stop_what_may(service);
  start_what_lacks(service);
  const bool is_wanting = service.running + service.pending < service.desired;
  if (is_wanting && !service.is_looked_at) {
    service.is_looked_at = true;
    agenda_.at(now() + kNextLook, [this, &service] {
      service.is_looked_at = false;
      schedule(service);
    });
  }
}

/// What ECS stops of a service: pending tasks on draining hosts, running ones there as far as the
/// minimum allows, and what is more than desired.
void Clusters::stop_what_may(ClusterService& service) {
  std::vector<ClusterTask*> leaving;
  std::vector<ClusterTask*> staying;
  for (auto* task : tasks_of(service)) {
    if (!is_alive(*task)) {
      continue;
    }
    const bool is_leaving = hosts_[task->host].status == HostStatus::Draining;
    if (is_leaving && task->status == TaskStatus::Pending) {
      stop(*task, "Container instance is in DRAINING state");
    } else {
      (is_leaving ? leaving : staying).push_back(task);
    }
  }
  // The newest first, and before them those that do not run yet.
  std::stable_sort(staying.begin(), staying.end(), [](const auto* left, const auto* right) {
    return std::tuple{left->status == TaskStatus::Pending, left->created_at} >
           std::tuple{right->status == TaskStatus::Pending, right->created_at};
  });
  const auto wanted = service.is_deleted ? 0 : service.desired;
  const auto excess = std::max(0, static_cast<int>(staying.size()) - wanted);
  for (int i = 0; i < excess; ++i) {
    stop(*staying[static_cast<std::size_t>(i)], "Scaling activity initiated by deployment ecs-svc");
  }
  auto may_stop = std::max(0, service.running - (service.is_deleted ? 0 : service.minimum()));
  for (auto* task : leaving) {
    if (may_stop-- > 0) {
      stop(*task, "Service scheduler initiated: container instance is in DRAINING state");
    }
  }
}

void Clusters::start_what_lacks(ClusterService& service) {
  const auto* definition = find_definition(service.owner, service.definition);
  if (service.is_deleted || definition == nullptr) {
    return;
  }
  int staying = 0;
  int there = 0;
  for (const auto* task : tasks_of(service)) {
    if (is_alive(*task)) {
      ++there;
      staying += hosts_[task->host].status == HostStatus::Active ? 1 : 0;
    }
  }
  const auto most = std::min(service.desired - staying, service.maximum() - there);
  for (int started = 0; started < most; ++started) {
    const auto host = place(service.owner, service.cluster, *definition, &service);
    if (!host) {
      tell(service,
           fmt::format("(service {}) was unable to place a task because no container instance met "
                       "all of its requirements.",
                       service.name));
      return;
    }
    const auto& task = start(*host, *definition, service.name);
    ++service.tasks_started;
    tell(service,
         fmt::format("(service {}) has started 1 tasks: (task {}).", service.name, task.id));
  }
}

bool Clusters::takes(const ClusterHost& host, const TaskDefinition& definition,
                     const ClusterService* service) const {
  if (host.status != HostStatus::Active || !host.is_connected) {
    return false;
  }
  const auto& load = host.load;
  if (load.cpu + definition.cpu > host.cpu || load.memory + definition.memory > host.memory) {
    return false;
  }
  const auto met = [&](const std::vector<std::string>& constraints) {
    return std::all_of(constraints.begin(), constraints.end(), [&](const std::string& text) {
      const auto query = ClusterQuery::parse(text);
      return query && query->holds([&](std::string_view subject) { return trait(host, subject); });
    });
  };
  return met(definition.constraints) && (service == nullptr || met(service->constraints));
}

/// The host that has the fewest of the service's tasks, and of those the emptiest.
std::optional<std::uint32_t> Clusters::place(const Owner& owner, const std::string& cluster,
                                             const TaskDefinition& definition,
                                             const ClusterService* service) const {
  std::optional<std::uint32_t> best;
  std::pair<int, int> least;
  for (std::uint32_t index = 0; index < hosts_.size(); ++index) {
    const auto& host = hosts_[index];
    if (host.owner != owner || host.cluster != cluster || !takes(host, definition, service)) {
      continue;
    }
    const auto alive = host.load.alive.find(service != nullptr ? service->name : std::string{});
    const auto own = alive == host.load.alive.end() ? 0 : alive->second;
    if (service != nullptr && service->is_spread && own > 0) {
      continue;
    }
    const std::pair rank{own, host.load.cpu * 1000 / std::max(1, host.cpu)};
    if (!best || rank < least) {
      best = index;
      least = rank;
    }
  }
  return best;
}

ClusterTask& Clusters::start(std::uint32_t host, const TaskDefinition& definition,
                             std::string service) {
  const auto key = next_key();
  const auto index = static_cast<std::uint32_t>(tasks_.size());
  auto& task = tasks_.emplace_back(
      ClusterTask{.id = fmt::format("{:016x}{:016x}", derive(key, 1), derive(key, 2)),
                  .owner = hosts_[host].owner,
                  .cluster = hosts_[host].cluster,
                  .service = std::move(service),
                  .definition = definition.name(),
                  .host = host,
                  .cpu = definition.cpu,
                  .memory = definition.memory,
                  .stop_timeout = definition.stop_timeout,
                  .created_at = now()});
  live_tasks_.insert(index);
  count_task(task, 1);
  agenda_.at(now() + drawn(derive(key, "start"), kShortestStart, kStartSpread), [this, &task] {
    if (task.status != TaskStatus::Pending) {
      return;
    }
    turn(task, TaskStatus::Running);
    task.running_at = now();
    if (auto* of = find_service(task.owner, task.cluster, task.service)) {
      look_at(*of);
    }
  });
  return task;
}

ClusterTask* Clusters::run(const Owner& owner, const std::string& cluster,
                           const TaskDefinition& definition) {
  const auto host = place(owner, cluster, definition, nullptr);
  return host ? &start(*host, definition, {}) : nullptr;
}

void Clusters::stop(ClusterTask& task, std::string reason) {
  if (!is_alive(task)) {
    return;
  }
  const bool ran = task.status == TaskStatus::Running;
  turn(task, TaskStatus::Stopping);
  task.stopping_at = now();
  task.reason = reason;
  const auto share = uniform(derive(derive(seed_, task.id), "stop")) * kSlowestStop;
  task.was_killed = ran && share > 1.0;
  const auto needed = Duration{static_cast<std::int64_t>(
      std::min(1.0, share) * static_cast<double>(task.stop_timeout.count()))};
  agenda_.at(now() + (ran ? needed : std::chrono::seconds{1}),
             [this, &task, reason = std::move(reason)] { stopped(task, reason); });
  if (auto* of = find_service(task.owner, task.cluster, task.service)) {
    ++of->tasks_stopped;
    tell(*of,
         fmt::format("(service {}) has stopped 1 running tasks: (task {}).", of->name, task.id));
    look_at(*of);
  }
}

void Clusters::stopped(ClusterTask& task, std::string reason) {
  if (task.status == TaskStatus::Stopped) {
    return;
  }
  turn(task, TaskStatus::Stopped);
  task.stopped_at = now();
  task.reason = std::move(reason);
  std::erase_if(live_tasks_, [&](std::uint32_t each) { return &tasks_[each] == &task; });
  auto& host = hosts_[task.host];
  if (host.status == HostStatus::Draining && host.load.of_services == 0) {
    host.empty_at = std::min(host.empty_at, now());
  }
  if (auto* of = find_service(task.owner, task.cluster, task.service)) {
    of->tasks_lost += task.was_lost ? 1 : 0;
    look_at(*of);
  }
}

void Clusters::tell(ClusterService& service, std::string text) {
  if (!service.events.empty() && service.events.front().text == text) {
    return;
  }
  service.events.push_front({now(), std::move(text)});
  if (service.events.size() > kEventsKept) {
    service.events.pop_back();
  }
}

/// How many run now, for the auditor.
void Clusters::count(ClusterService& service) {
  const auto running = service.is_deleted ? service.desired : service.running;
  if (!service.was_steady) {
    service.was_steady = running >= service.desired && service.desired > 0;
    service.fewest_running = running;
    return;
  }
  service.fewest_running = std::min(service.fewest_running, running);
  const bool is_below = running < service.minimum();
  if (is_below && service.below_since == kNever) {
    service.below_since = now();
  } else if (!is_below && service.below_since != kNever) {
    service.below_minimum += now() - service.below_since;
    service.below_since = kNever;
  }
}

}  // namespace spotvane::sim
