#pragma once

#include "ports/containers.hpp"
#include "ports/fleets.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spotvane::guard {

/// AWS that answers nothing: tests override what they ask.
class NoAws : public Containers, public Fleets, public ScalingGroups, public Metrics {
 public:
  void drain(ContainerHost, On<Draining>) override {}
  void find_host(model::Region, std::string, std::string, On<ContainerHostStatus>) override {}
  void put_attributes(ContainerHost, std::vector<std::pair<std::string, std::string>>,
                      On<void>) override {}
  void describe_fleet(model::Region, std::string, On<SpotFleet>) override {}
  void fleet_instances(model::Region, std::string, On<std::vector<FleetInstance>>) override {}
  void scale_fleet(FleetTarget, On<void>) override {}
  void describe_group(model::Region, std::string, On<std::optional<ScalingGroup>>) override {}
  void let_go(model::Region, HeldInstance, On<void>) override {}
  void set_desired_capacity(model::Region, std::string, int, bool, On<void>) override {}
  void fleet_metric(FleetMetricQuery, On<std::vector<MetricPoint>>) override {}
  void alarm_state(model::Region, std::string, On<AlarmState>) override {}
  void read_alarm(model::Region, std::string, TimePoint, On<AlarmReading>) override {}
};

}  // namespace spotvane::guard
