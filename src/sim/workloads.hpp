#pragma once

#include "sim/agenda.hpp"
#include "sim/instance_market.hpp"
#include "sim/metrics.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace spotvane::sim {

/// What makes an instance a worker: `Type`, one of the two, and the job's name.
inline constexpr std::string_view kWorkerTag = "Type";
inline constexpr std::string_view kJobTag = "spotvane:job";

/// How fast the workers of a job are.
struct WorkloadSettings {
  double tasks_per_vcpu_second = 0.1;      ///< of a vCPU like an m6i's
  double noise = 0.1;                      ///< each minute's throughput is within +- this share
  double scaling_penalty = 0.001;          ///< less for each further worker
  std::optional<std::int64_t> tasks = {};  ///< there are no more than so many; none: no end of them
};

/// How much a vCPU of the type computes beside one of an m6i, as CoreMark has it by maker and
/// generation.
double relative_speed(const model::InstanceTypeFacts& facts);

/// Tasks per second of a worker of the type that is alone, on average.
double mean_throughput(const WorkloadSettings& settings, const model::InstanceTypeFacts& facts);

/// What modelled workers do: from running to shutting down they complete tasks, one after the
/// other, and every minute each puts `perf_sec`, `perf_sec_stdev` and `tasks_completed` into
/// CloudWatch's namespace `Performance`. A task that is not completed when its worker goes is lost.
/// An instance of which only a part works, as one of ECS's hosts, is slower by as much, and says
/// nothing while none of it does.
///
/// `tasks_completed` is the job's: over all its workers, those included that are gone.
class Workloads {
 public:
  struct Job {
    int workers = 0;  ///< at work now
    int workers_ever = 0;
    std::int64_t tasks_kept = 0;  ///< completed by workers that are gone
    double tasks_lost = 0.0;      ///< that were begun by them and not completed
  };
  using JobKey = std::pair<std::string, std::string>;  ///< account, name

  /// What it borrows must outlive it.
  Workloads(Agenda& agenda, const InstanceMarket& market, Metrics& metrics, std::uint64_t seed)
      : agenda_{agenda}, market_{market}, metrics_{metrics}, seed_{seed} {}

  /// Of the jobs of that name, from each worker's next minute on; empty: of all that have none of
  /// their own.
  void set(const std::string& job, const WorkloadSettings& settings);
  const WorkloadSettings& settings(const std::string& job) const;

  /// Of which part of an instance works for its job; all of it where this is not called.
  using Part = std::function<double(const Instance& instance)>;
  void work_by(Part part) { part_ = std::move(part); }
  /// The part of this instance that works is another from now on.
  void part_changed(const std::string& id);

  const std::map<JobKey, Job>& jobs() const { return jobs_; }
  /// Of all its workers until now.
  std::int64_t tasks_completed(const JobKey& job) const;

  // What happens to instances.

  /// It was launched, or its tags have changed.
  void look_at(const Instance& instance);
  void shutting_down(const Instance& instance);

 private:
  struct Worker {
    const Instance* instance;
    JobKey job;
    std::uint64_t minute = 0;
    double whole_rate = 0.0;  // tasks per second of all of it, this minute
    TimePoint since = {};
    double rate = 0.0;  // of the part that works, since then
    double done = 0.0;  // tasks, before
  };

  void begin(const Instance& instance);
  void begin_minute(Worker& worker);
  void set_rate(Worker& worker);
  void end_minute(const std::string& id, std::uint64_t minute);
  void retire(const std::string& id);
  void report(const Worker& worker);
  double progress(const Worker& worker) const;

  Agenda& agenda_;
  const InstanceMarket& market_;
  Metrics& metrics_;
  std::uint64_t seed_;
  Part part_ = {};
  WorkloadSettings ordinary_ = {};
  std::map<std::string, WorkloadSettings> settings_;  // by job
  std::map<JobKey, Job> jobs_;
  std::map<std::string, Worker> workers_;  // by ID of the instance
  // Of each job, not counted again within a second: thousands of workers report each minute.
  std::map<JobKey, std::pair<TimePoint, std::int64_t>> counted_;
};

}  // namespace spotvane::sim
