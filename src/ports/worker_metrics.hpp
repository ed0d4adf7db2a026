#pragma once

#include "model/launch.hpp"
#include "ports/cloud.hpp"

#include <optional>
#include <vector>

namespace spotvane {

/// A worker as its metrics name it.
struct MeteredWorker {
  model::InstanceId id;
  model::InstanceType type;
};

struct WorkerMetricsQuery {
  model::Region region;
  std::vector<MeteredWorker> workers;
  TimePoint from;
  TimePoint to;
};

/// What workers published in namespace "Performance", the latest minute of each that has any.
struct WorkerMetrics {
  model::InstanceId id;
  std::optional<double> tasks_per_second = {};  ///< perf_sec
  std::optional<double> deviation = {};         ///< perf_sec_stdev
  std::optional<double> tasks = {};             ///< tasks_completed, the largest
  TimePoint at = {};                            ///< of the throughput
};

/// What workers say of themselves by way of CloudWatch.
class WorkerReports {
 public:
  virtual ~WorkerReports() = default;

  /// Those that published anything then, in any order.
  virtual void worker_metrics(WorkerMetricsQuery query, On<std::vector<WorkerMetrics>> on) = 0;
};

}  // namespace spotvane
