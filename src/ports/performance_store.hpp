#pragma once

#include "base/result.hpp"
#include "model/performance.hpp"

#include <cstddef>
#include <vector>

namespace spotvane {

/// How many of some records were not known before.
struct PerformanceAdded {
  std::size_t datasets = 0;
  std::size_t samples = 0;
  std::size_t totals = 0;

  friend bool operator==(const PerformanceAdded&, const PerformanceAdded&) = default;
};

/// How fast which instances did which work, from one job to the next. Every call is one
/// transaction, durable when it returns. Fails with `Storage`.
class PerformanceStore {
 public:
  virtual ~PerformanceStore() = default;

  /// What is there already stays as it is: a dataset by its hash, a measurement by its ID.
  virtual Result<PerformanceAdded> add(const model::PerformanceRecords& records) = 0;

  /// By name, then hash.
  virtual Result<std::vector<model::Dataset>> datasets() = 0;
  /// All that anything was measured of.
  virtual Result<std::vector<model::Workload>> workloads() = 0;
  /// By type and time.
  virtual Result<std::vector<model::ThroughputSample>> samples(const model::Workload& workload) = 0;
  /// By time.
  virtual Result<std::vector<model::WorkTotal>> totals(const model::Workload& workload) = 0;
};

}  // namespace spotvane
