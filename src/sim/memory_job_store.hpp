#pragma once

#include "ports/job_store.hpp"
#include "sim/crash.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace spotvane::sim {

/// Jobs as a value. As `MemoryStateStore`, of which it is a part: each write marks two places to
/// crash at, before and after its effect.
class MemoryJobStore final : public JobStore {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryJobStore(CrashPoint* crash) : crash_{crash} {}

  Result<void> begin(const model::JobHead& head) override;
  Result<bool> hold(const model::JobId& job, const std::string& holder, TimePoint now,
                    TimePoint until) override;
  Result<void> release(const model::JobId& job, const std::string& holder) override;
  Result<void> ask_to_stop(const model::JobId& job) override;
  Result<void> add(const model::JobNews& news) override;
  Result<std::optional<model::JobRecord>> job(const model::JobId& job) override;
  Result<std::vector<model::JobRecord>> jobs() override;
  Result<std::vector<model::JobLaunch>> launches(const model::JobId& job) override;
  Result<std::vector<model::JobWorker>> workers(const model::JobId& job) override;
  Result<std::vector<model::JobDecision>> decisions(const model::JobId& job, int most) override;
  Result<std::vector<model::PoolBackOff>> back_offs() override;

  void set_full(bool is_full) { is_full_ = is_full; }

 private:
  struct Kept {
    model::JobRecord record;
    std::map<std::int64_t, model::JobLaunch> launches = {};
    std::map<std::int64_t, model::JobWorker> workers = {};
    std::vector<model::JobDecision> decisions = {};
  };

  template <typename Effect>
  Result<void> write(Effect effect);

  CrashPoint* crash_;
  bool is_full_ = false;
  std::map<model::JobId, Kept> jobs_;
  std::map<model::WorkerPool, model::PoolBackOff> back_offs_;
};

}  // namespace spotvane::sim
