#pragma once

#include "ports/http_transport.hpp"
#include "ports/report_sink.hpp"

#include <string>

namespace spotvane::agent {

/// Posts reports as JSON to a job's manager.
///
/// {"instance_id", "instance_type", "perf_sec", "perf_sec_stdev", "tasks_completed", "job",
/// "tasks_of": "job" or "worker"}. Fails with `Unavailable` where the manager does not answer, with
/// `Denied` where it does not take the report.
class ReportPost final : public ReportSink {
 public:
  /// `address`: "http://10.0.0.5:7400"; without a path, "/report" is asked.
  ReportPost(std::string address, HttpTransport& transport);

  void publish(PerformanceReport report, On<void> on_done) override;

 private:
  std::string address_;
  HttpTransport& transport_;
};

}  // namespace spotvane::agent
