#pragma once

#include "base/result.hpp"
#include "model/job.hpp"

#include <optional>
#include <vector>

namespace spotvane {

/// What must survive the death of a job's manager: what it was about to do, what it has, and how
/// far the work is. Every call is one transaction, durable when it returns. Fails with `Storage`.
///
/// A job is held by one manager at a time, for as long as its lease says by the wall's clock. Only
/// who holds it changes it.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// A new job, held by nobody. Fails where there is one of that ID.
  virtual Result<void> begin(const model::JobHead& head) = 0;

  /// Takes the job that nobody holds at `now`, or that is held already by `holder`, until `until`.
  /// False where another holds it. Fails with `NotFound` where there is no such job.
  virtual Result<bool> hold(const model::JobId& job, const std::string& holder, TimePoint now,
                            TimePoint until) = 0;
  /// Gives it back. Nothing where another holds it by now.
  virtual Result<void> release(const model::JobId& job, const std::string& holder) = 0;
  /// For whoever runs it, now or later, to see.
  virtual Result<void> ask_to_stop(const model::JobId& job) = 0;

  /// Fails with `Busy`, and changes nothing, where `news.holder` does not hold the job any more.
  virtual Result<void> add(const model::JobNews& news) = 0;

  virtual Result<std::optional<model::JobRecord>> job(const model::JobId& job) = 0;
  /// All there ever were, the latest first.
  virtual Result<std::vector<model::JobRecord>> jobs() = 0;
  /// By number.
  virtual Result<std::vector<model::JobLaunch>> launches(const model::JobId& job) = 0;
  /// By number.
  virtual Result<std::vector<model::JobWorker>> workers(const model::JobId& job) = 0;
  /// The latest ones, newest first.
  virtual Result<std::vector<model::JobDecision>> decisions(const model::JobId& job, int most) = 0;
  /// Of all jobs together: a pool is as empty for one as for another.
  virtual Result<std::vector<model::PoolBackOff>> back_offs() = 0;
};

}  // namespace spotvane
