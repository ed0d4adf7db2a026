#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/fleets.hpp"

namespace spotvane::adapters {

/// Auto Scaling groups.
class AwsScalingGroups final : public ScalingGroups {
 public:
  explicit AwsScalingGroups(AwsClient& client) : client_{client} {}

  void describe_group(model::Region region, std::string name,
                      On<std::optional<ScalingGroup>> on_group) override;
  void set_desired_capacity(model::Region region, std::string name, int desired,
                            bool honors_cooldown, On<void> on_done) override;
  void let_go(model::Region region, HeldInstance held, On<void> on_done) override;

 private:
  AwsClient& client_;
};

/// CloudWatch.
class AwsMetrics final : public Metrics {
 public:
  explicit AwsMetrics(AwsClient& client) : client_{client} {}

  void fleet_metric(FleetMetricQuery query, On<std::vector<MetricPoint>> on_points) override;
  void alarm_state(model::Region region, std::string alarm, On<AlarmState> on_state) override;
  void read_alarm(model::Region region, std::string alarm, TimePoint now,
                  On<AlarmReading> on_reading) override;

 private:
  AwsClient& client_;
};

}  // namespace spotvane::adapters
