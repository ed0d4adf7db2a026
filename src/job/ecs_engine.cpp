#include "job/ecs_engine.hpp"

#include "job/job_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spotvane::job {

namespace {

/// How long a worker that is to end may go on with what it is at: no longer than AWS's own notice.
constexpr Duration kDrainPatience = std::chrono::seconds{90};

}  // namespace

EcsEngine::EcsEngine(model::JobId job, ContainerServiceName service, Ports ports)
    : job_{std::move(job)}, service_{std::move(service)}, ports_{ports} {}

/// What cannot be a job's is refused, lest a service of somebody's be scaled to nothing.
Result<void> EcsEngine::take(const ContainerServiceStatus& status) {
  const auto refuse = [&](const std::string& why, std::string hint) {
    return tl::unexpected(Error{
        ErrorKind::InvalidInput,
        fmt::format("service '{}' of cluster '{}' {}", service_.service, service_.cluster, why),
        std::move(hint)});
  };
  if (status.status != "ACTIVE") {
    return refuse(fmt::format("is {}", status.status), "create it anew");
  }
  if (status.launch_type == "FARGATE") {
    return refuse("runs on Fargate", "a job's tasks run on instances: give it launch type EC2");
  }
  if (status.is_daemon) {
    return refuse("is a daemon's", "give it the scheduling strategy REPLICA");
  }
  if (status.task_cpu <= 0 && status.task_memory <= 0) {
    return refuse("does not say how large its tasks are",
                  "give its task definition 'cpu' and 'memory'");
  }
  task_cpu_ = status.task_cpu;
  task_memory_ = status.task_memory;
  desired_ = status.desired;
  is_checked_ = true;
  return {};
}

void EcsEngine::start(std::function<void(Result<void>)> on_ready) {
  ports_.services.describe_service(
      service_, [this, on_ready = std::move(on_ready)](Result<ContainerServiceStatus> status) {
        on_ready(status ? take(*status) : tl::unexpected(std::move(status.error())));
      });
}

int EcsEngine::room_on(const ServiceHost& host) const {
  const auto by_cpu = task_cpu_ > 0 ? host.cpu / task_cpu_ : host.memory / task_memory_;
  return task_memory_ > 0 ? std::min(by_cpu, host.memory / task_memory_) : by_cpu;
}

EcsEngine::Orders EcsEngine::orders_for(const JobBook& book,
                                        const std::vector<ServiceHost>& hosts) {
  std::map<std::string, const model::JobWorker*> workers;
  for (const auto& [number, worker] : book.workers()) {
    workers[worker.id.text()] = &worker;
  }
  Orders orders;
  is_winding_up_ = book.is_winding_up();
  seen_.clear();
  for (const auto& host : hosts) {
    seen_[host.instance_id] = {host.arn, host.tasks, host.status != "ACTIVE"};
    const auto found = workers.find(host.instance_id);
    if (host.status != "ACTIVE" || found == workers.end()) {
      continue;
    }
    const auto& worker = *found->second;
    if (book.is_winding_up() || worker.noticed || worker.ending) {
      orders.drains.push_back(host.instance_id);
    } else if (host.is_connected) {
      orders.desired += room_on(host);
    }
  }
  return orders;
}

void EcsEngine::set_desired(int count, std::function<void(Result<void>)> then) {
  desired_.reset();
  ports_.services.set_desired_count(service_, count,
                                    [this, count, then = std::move(then)](Result<void> done) {
                                      if (done) {
                                        desired_ = count;
                                      }
                                      then(std::move(done));
                                    });
}

void EcsEngine::drain_next(std::vector<std::string> instances,
                           std::function<void(Result<void>)> then) {
  if (instances.empty()) {
    return then({});
  }
  const auto instance = std::move(instances.back());
  instances.pop_back();
  ports_.containers.drain({service_.region, service_.cluster, seen_[instance].arn},
                          [this, instance, instances = std::move(instances),
                           then = std::move(then)](const Result<Draining>& drained) mutable {
                            if (!drained) {
                              return then(tl::unexpected(drained.error()));
                            }
                            seen_[instance].is_draining = true;
                            drain_next(std::move(instances), std::move(then));
                          });
}

void EcsEngine::look(const JobBook& book, std::function<void(Result<EngineReport>)> on_report) {
  const auto report = [on_report = std::move(on_report)](const Result<void>& done) {
    on_report(done ? Result<EngineReport>{EngineReport{}} : tl::unexpected(done.error()));
  };
  ports_.services.hosts(service_.region, service_.cluster, kHostAttribute, job_.text(),
                        [this, &book, report](const Result<std::vector<ServiceHost>>& hosts) {
                          if (!hosts) {
                            return report(tl::unexpected(hosts.error()));
                          }
                          auto orders = orders_for(book, *hosts);
                          const auto drain = [this, drains = std::move(orders.drains),
                                              report](const Result<void>& done) {
                            done ? drain_next(drains, report) : report(done);
                          };
                          // The count first: what is drained is not to be started elsewhere, where
                          // there is no room.
                          desired_ == orders.desired ? drain({})
                                                     : set_desired(orders.desired, drain);
                        });
}

void EcsEngine::end(End how, std::function<void(Result<void>)> on_ended) {
  if (!is_checked_) {
    // It was refused, or another manager began: whether it may be touched is to be seen first.
    return start([this, how, on_ended = std::move(on_ended)](Result<void> ready) {
      if (ready) {
        return end(how, on_ended);
      }
      on_ended(is_passing(ready.error().kind) ? std::move(ready) : Result<void>{});
    });
  }
  set_desired(0, [on_ended = std::move(on_ended)](Result<void> done) {
    on_ended(!done && is_passing(done.error().kind) ? std::move(done) : Result<void>{});
  });
}

bool EcsEngine::holds(const model::JobWorker& worker) const {
  const auto host = seen_.find(worker.id.text());
  if (host == seen_.end() || !worker.ending ||
      ports_.clock.now() - *worker.ending >= kDrainPatience) {
    return false;
  }
  // Once the job is over nobody needs what its tasks are at.
  return !host->second.is_draining || (!is_winding_up_ && host->second.tasks > 0);
}

std::string host_setup(const std::string& cluster, const model::JobId& job) {
  return fmt::format(
      "mkdir -p /etc/ecs\n"
      "cat >> /etc/ecs/ecs.config <<'END_OF_ECS'\n"
      "ECS_CLUSTER={}\n"
      "ECS_INSTANCE_ATTRIBUTES={{\"{}\":\"{}\"}}\n"
      "END_OF_ECS\n",
      cluster, kHostAttribute, job);
}

}  // namespace spotvane::job
