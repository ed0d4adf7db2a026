#pragma once

#include "base/money.hpp"
#include "base/named.hpp"
#include "base/time.hpp"
#include "model/launch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::model {

/// "pi-3f9a01c2": the value of its tags, and the beginning of its client tokens.
using JobId = Named<struct JobIdTag>;

/// Where a job's workers may run.
struct WorkerPool {
  InstanceType type;
  ZoneName zone = {};  ///< empty: anywhere in the region
  bool is_on_demand = false;

  friend auto operator<=>(const WorkerPool&, const WorkerPool&) = default;
};

/// "c5.large in us-east-1a", "c5.large on demand".
std::string to_text(const WorkerPool& pool);

enum class JobState : std::uint8_t {
  Running,
  Done,
  Stopped,     ///< by its user
  Infeasible,  ///< not to be done within its budget or deadline
  Failed,
};
std::string_view to_text(JobState state);
std::optional<JobState> parse_job_state(std::string_view text);

/// What a job is, from its beginning on.
struct JobHead {
  JobId id;
  std::string name;
  std::string file = {};          ///< its file's text
  std::vector<Tag> settled = {};  ///< what its file left open, by name
  double tasks = 0;
  TimePoint begun = {};

  friend bool operator==(const JobHead&, const JobHead&) = default;
};

/// How a job stands.
struct JobCourse {
  /// What it is, or, while it is not `ended`, what it will be once all its workers are.
  JobState state = JobState::Running;
  std::string note = {};  ///< why
  std::optional<TimePoint> ended = {};
  double tasks_done = 0;
  std::optional<Money> raised_budget = {};
  bool is_ahead = true;        ///< of its budget
  bool is_calibrated = false;  ///< or needs not be

  friend bool operator==(const JobCourse&, const JobCourse&) = default;
};

/// A call that launches: in the store before it is made.
struct JobLaunch {
  std::int64_t number = 0;
  WorkerPool pool;
  ImageId image;
  int count = 1;
  Money price = {};                     ///< of an hour, when it was decided
  std::optional<Money> max_price = {};  ///< as AWS is told
  std::string reason = {};
  TimePoint decided = {};
  bool is_open = true;  ///< what came of it is not known
  int realised = 0;     ///< how many of `count`
  std::string error = {};

  friend bool operator==(const JobLaunch&, const JobLaunch&) = default;
};

/// What a worker says of itself.
struct WorkerReport {
  double tasks_per_second = 0;
  double deviation = 0;
  TimePoint at = {};

  friend bool operator==(const WorkerReport&, const WorkerReport&) = default;
};

/// An instance that works, or worked, for a job.
struct JobWorker {
  std::int64_t number = 0;
  InstanceId id;
  std::int64_t launch = 0;
  WorkerPool pool = {};  ///< its zone, on demand, too
  TimePoint launched = {};
  std::optional<TimePoint> running = {};
  std::optional<TimePoint> noticed = {};      ///< that AWS takes it
  std::optional<TimePoint> recommended = {};  ///< that it be left: AWS may soon take it
  std::optional<TimePoint> ending = {};       ///< when we decided so
  std::string reason = {};                    ///< why it ends or ended
  std::optional<TimePoint> ended = {};
  bool is_interrupted = false;
  int patience = 0;
  double tasks = 0;  ///< the largest count of its own it reported
  std::optional<WorkerReport> report = {};
  std::optional<Money> cost = {};  ///< its hours, once they are over

  /// Counted on no more: another is to take its place before it goes.
  bool is_leaving() const { return noticed || recommended; }

  friend bool operator==(const JobWorker&, const JobWorker&) = default;
};

struct JobDecision {
  TimePoint at;
  std::string subject;  ///< a pool, an instance; empty: the job
  std::string what;     ///< "launch", "end", "interrupted", "back-off"
  std::string detail;

  friend bool operator==(const JobDecision&, const JobDecision&) = default;
};

/// A pool that failed: nothing is asked of it for a while, the longer the more often.
struct PoolBackOff {
  WorkerPool pool;
  TimePoint until = {};
  Duration last{0};

  friend bool operator==(const PoolBackOff&, const PoolBackOff&) = default;
};

/// What is to be kept of a job: everything at once, or nothing.
struct JobNews {
  JobId job;
  std::string holder;  ///< whose news it is: must hold the job
  std::optional<JobCourse> course = {};
  std::vector<JobLaunch> launches = {};  ///< in place of those of the same number
  std::vector<JobWorker> workers = {};   ///< likewise
  std::vector<JobDecision> decisions = {};
  std::vector<PoolBackOff> back_offs = {};

  bool empty() const {
    return !course && launches.empty() && workers.empty() && decisions.empty() && back_offs.empty();
  }
};

/// A job, and who runs it.
struct JobRecord {
  JobHead head;
  JobCourse course = {};
  std::string holder = {};    ///< empty: nobody
  TimePoint held_until = {};  ///< by the wall's clock
  bool is_asked_to_stop = false;

  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

}  // namespace spotvane::model
