#pragma once

#include "ports/cloud.hpp"

#include <cstdint>
#include <string>

namespace spotvane {

/// How a worker gets on with its job.
struct PerformanceReport {
  std::string instance_id;
  std::string instance_type;
  std::string region = {};
  double tasks_per_second = 0.0;
  double deviation = 0.0;
  std::int64_t tasks_completed = 0;
  bool counts_whole_job = true;  ///< the tasks are the job's, not the worker's alone
  std::string job = {};          ///< empty: not said
};

/// Where workers tell how they get on.
class ReportSink {
 public:
  virtual ~ReportSink() = default;

  virtual void publish(PerformanceReport report, On<void> on_done) = 0;
};

}  // namespace spotvane
