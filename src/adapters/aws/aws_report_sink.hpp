#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/report_sink.hpp"

namespace spotvane::adapters {

/// CloudWatch, namespace `Performance`: the metrics `perf_sec`, `perf_sec_stdev` and
/// `tasks_completed` with the dimensions `Instance Id` and `Type`, in the worker's region. The
/// job's name, and whose the tasks are, have no place there.
class AwsReportSink final : public ReportSink {
 public:
  /// `home`: the region of workers that do not say theirs.
  AwsReportSink(AwsClient& client, std::string home) : client_{client}, home_{std::move(home)} {}

  void publish(PerformanceReport report, On<void> on_done) override;

 private:
  AwsClient& client_;
  std::string home_;
};

}  // namespace spotvane::adapters
