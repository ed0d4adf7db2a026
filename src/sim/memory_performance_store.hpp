#pragma once

#include "ports/performance_store.hpp"
#include "sim/crash.hpp"

#include <map>
#include <vector>

namespace spotvane::sim {

/// What was measured, as a value in memory. As `MemoryStateStore`, of which it is a part: each
/// write marks two places to crash at, before and after its effect.
class MemoryPerformanceStore final : public PerformanceStore {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryPerformanceStore(CrashPoint* crash) : crash_{crash} {}

  Result<PerformanceAdded> add(const model::PerformanceRecords& records) override;
  Result<std::vector<model::Dataset>> datasets() override;
  Result<std::vector<model::Workload>> workloads() override;
  Result<std::vector<model::ThroughputSample>> samples(const model::Workload& workload) override;
  Result<std::vector<model::WorkTotal>> totals(const model::Workload& workload) override;

  void set_full(bool is_full) { is_full_ = is_full; }

 private:
  CrashPoint* crash_;
  bool is_full_ = false;
  std::map<model::DatasetHash, model::Dataset> datasets_;
  std::map<model::MeasurementId, model::ThroughputSample> samples_;
  std::map<model::MeasurementId, model::WorkTotal> totals_;
};

}  // namespace spotvane::sim
