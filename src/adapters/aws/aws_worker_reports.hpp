#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/worker_metrics.hpp"

#include <memory>

namespace spotvane::adapters {

/// What workers published in CloudWatch, over its query protocol. What it borrows must outlive it.
class AwsWorkerReports final : public WorkerReports {
 public:
  explicit AwsWorkerReports(AwsClient& client) : client_{client} {}

  void worker_metrics(WorkerMetricsQuery query, On<std::vector<WorkerMetrics>> on) override;

 private:
  struct Reading;
  void read_next(const std::shared_ptr<Reading>& reading);

  AwsClient& client_;
};

}  // namespace spotvane::adapters
