#pragma once

#include "ports/job_store.hpp"

#include <string>
#include <vector>

namespace spotvane::adapters {

class SqlDatabase;

/// Jobs in a SQL database whose schema is up to date. The database must outlive it.
class SqlJobStore final : public JobStore {
 public:
  explicit SqlJobStore(SqlDatabase& database) : database_{database} {}

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

 private:
  Result<void> save_course(const model::JobNews& news);
  Result<void> save_launches(const model::JobNews& news);
  Result<void> save_workers(const model::JobNews& news);
  Result<void> save_decisions(const model::JobNews& news);
  Result<void> save_back_offs(const model::JobNews& news);

  SqlDatabase& database_;
};

}  // namespace spotvane::adapters
