#pragma once

#include "ports/performance_store.hpp"

#include <vector>

namespace spotvane::adapters {

class SqlDatabase;

/// What was measured, in a SQL database whose schema is up to date. The database must outlive it.
class SqlPerformanceStore final : public PerformanceStore {
 public:
  explicit SqlPerformanceStore(SqlDatabase& database) : database_{database} {}

  Result<PerformanceAdded> add(const model::PerformanceRecords& records) override;
  Result<std::vector<model::Dataset>> datasets() override;
  Result<std::vector<model::Workload>> workloads() override;
  Result<std::vector<model::ThroughputSample>> samples(const model::Workload& workload) override;
  Result<std::vector<model::WorkTotal>> totals(const model::Workload& workload) override;

 private:
  Result<PerformanceAdded> count();
  Result<void> insert(const model::PerformanceRecords& records);

  SqlDatabase& database_;
};

}  // namespace spotvane::adapters
