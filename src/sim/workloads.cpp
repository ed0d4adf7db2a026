#include "sim/workloads.hpp"

#include "sim/value_noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace spotvane::sim {

namespace {

constexpr Duration kReportPeriod = std::chrono::minutes{1};
constexpr Duration kCountedFor = std::chrono::seconds{1};

struct VcpuSpeed {
  std::string_view maker;
  int generation;  // and later, up to the next
  double speed;
};

/// Medians of CoreMark per vCPU over the sizes of a generation, beside the sixth of Intel.
constexpr std::array kVcpuSpeeds{
    VcpuSpeed{"AMD", 0, 0.75},  VcpuSpeed{"AMD", 6, 1.15},  VcpuSpeed{"AMD", 7, 1.85},
    VcpuSpeed{"AMD", 8, 2.55},  VcpuSpeed{"AWS", 0, 0.7},   VcpuSpeed{"AWS", 2, 1.1},
    VcpuSpeed{"AWS", 7, 1.45},  VcpuSpeed{"AWS", 8, 1.7},   VcpuSpeed{"AWS", 9, 2.05},
    VcpuSpeed{"Intel", 0, 0.9}, VcpuSpeed{"Intel", 6, 1.0}, VcpuSpeed{"Intel", 7, 1.25},
    VcpuSpeed{"Intel", 8, 1.35}};

/// 7 of "c7gn.large".
int generation(const model::InstanceType& type) {
  const auto name = model::family(type);
  const auto digit = std::find_if(name.begin(), name.end(),
                                  [](char letter) { return letter >= '0' && letter <= '9'; });
  return digit == name.end() ? 0 : *digit - '0';
}

std::string tag_of(const Instance& instance, std::string_view key) {
  const auto found = instance.tags.find(std::string{key});
  return found == instance.tags.end() ? std::string{} : found->second;
}

/// Empty: it is no worker's.
std::string job_of(const Instance& instance) {
  const auto kind = tag_of(instance, kWorkerTag);
  return kind == "worker-spot" || kind == "worker-on-demand" ? tag_of(instance, kJobTag)
                                                             : std::string{};
}

}  // namespace

double relative_speed(const model::InstanceTypeFacts& facts) {
  const auto& maker = facts.cpu_manufacturer == "AMD" || facts.cpu_manufacturer == "AWS"
                          ? facts.cpu_manufacturer
                          : std::string{"Intel"};
  double speed = 1.0;
  for (const auto& one : kVcpuSpeeds) {
    if (one.maker == maker && generation(facts.type) >= one.generation) {
      speed = one.speed;
    }
  }
  return speed;
}

double mean_throughput(const WorkloadSettings& settings, const model::InstanceTypeFacts& facts) {
  return settings.tasks_per_vcpu_second * facts.vcpus * relative_speed(facts);
}

const WorkloadSettings& Workloads::settings(const std::string& job) const {
  const auto found = settings_.find(job);
  return found != settings_.end() ? found->second : ordinary_;
}

void Workloads::set(const std::string& job, const WorkloadSettings& settings) {
  (job.empty() ? ordinary_ : settings_[job]) = settings;
}

void Workloads::look_at(const Instance& instance) {
  const auto now = market_.now();
  if (!job_of(instance).empty() && instance.running_at != kNever && now < instance.shutdown_at) {
    agenda_.at(std::max(now, instance.running_at), [this, &instance] { begin(instance); });
  }
}

void Workloads::begin(const Instance& instance) {
  const auto name = job_of(instance);
  const bool is_running = state(instance, market_.now()) == InstanceState::Running;
  if (name.empty() || !is_running || workers_.contains(instance.id)) {
    return;
  }
  const JobKey key{instance.owner.account, name};
  auto& job = jobs_[key];
  ++job.workers;
  ++job.workers_ever;
  begin_minute(workers_.emplace(instance.id, Worker{&instance, key}).first->second);
}

void Workloads::begin_minute(Worker& worker) {
  const auto& of_job = settings(worker.job.second);
  const auto* facts = market_.book().type(worker.instance->spec.type);
  const auto mean = facts != nullptr ? mean_throughput(of_job, *facts) : 0.0;
  const auto drawn = uniform(derive(derive(seed_, worker.instance->id), ++worker.minute));
  const auto share = 1.0 + of_job.noise * (2.0 * drawn - 1.0) -
                     of_job.scaling_penalty * (jobs_.at(worker.job).workers - 1);
  worker.whole_rate = mean * std::max(0.0, share);
  set_rate(worker);
  agenda_.at(worker.since + kReportPeriod,
             [this, id = worker.instance->id, minute = worker.minute] { end_minute(id, minute); });
}

/// From now on.
void Workloads::set_rate(Worker& worker) {
  worker.since = market_.now();
  worker.rate = worker.whole_rate * (part_ ? part_(*worker.instance) : 1.0);
}

void Workloads::part_changed(const std::string& id) {
  const auto found = workers_.find(id);
  if (found != workers_.end()) {
    found->second.done = progress(found->second);
    set_rate(found->second);
  }
}

void Workloads::end_minute(const std::string& id, std::uint64_t minute) {
  const auto found = workers_.find(id);
  if (found == workers_.end() || found->second.minute != minute) {
    return;
  }
  auto& worker = found->second;
  const auto& instance = *worker.instance;
  if (job_of(instance) != worker.job.second) {  // its tags were changed
    retire(id);
    return begin(instance);
  }
  if (worker.rate > 0.0) {
    report(worker);
  }
  worker.done = progress(worker);
  begin_minute(worker);
}

void Workloads::shutting_down(const Instance& instance) {
  retire(instance.id);
}

void Workloads::retire(const std::string& id) {
  const auto found = workers_.find(id);
  if (found == workers_.end()) {
    return;
  }
  auto& job = jobs_.at(found->second.job);
  const auto begun = progress(found->second);
  --job.workers;
  job.tasks_kept += static_cast<std::int64_t>(begun);
  job.tasks_lost += begun - std::floor(begun);
  counted_.erase(found->second.job);
  workers_.erase(found);
}

double Workloads::progress(const Worker& worker) const {
  return worker.done +
         worker.rate * std::chrono::duration<double>(market_.now() - worker.since).count();
}

std::int64_t Workloads::tasks_completed(const JobKey& key) const {
  const auto job = jobs_.find(key);
  if (job == jobs_.end()) {
    return 0;
  }
  auto completed = job->second.tasks_kept;
  for (const auto& [id, worker] : workers_) {
    completed += worker.job == key ? static_cast<std::int64_t>(progress(worker)) : 0;
  }
  return std::min(completed, settings(key.second).tasks.value_or(completed));
}

void Workloads::report(const Worker& worker) {
  const auto now = market_.now();
  auto& [counted_at, completed] = counted_.try_emplace(worker.job, TimePoint{}, 0).first->second;
  if (now - counted_at >= kCountedFor) {
    counted_at = now;
    completed = tasks_completed(worker.job);
  }
  const auto put = [&](std::string_view name, double value) {
    const auto& instance = *worker.instance;
    metrics_.put({instance.owner,
                  "Performance",
                  std::string{name},
                  {{"Instance Id", instance.id}, {"Type", instance.spec.type.text()}}},
                 now, MetricSum::of(value), now);
  };
  put("perf_sec", worker.rate);
  // That of a uniform distribution.
  put("perf_sec_stdev", worker.rate * settings(worker.job.second).noise * std::numbers::inv_sqrt3);
  put("tasks_completed", static_cast<double>(completed));
}

}  // namespace spotvane::sim
