#pragma once

#include "base/time.hpp"
#include "ports/cloud.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane {

/// A Spot Fleet request as AWS describes it.
struct SpotFleet {
  std::string id;
  std::string state = {};  ///< "active", "modifying", ...
  double target = 0.0;
  double fulfilled = 0.0;
  std::map<std::string, double> weights = {};  ///< by instance type, of those that have one
};

/// An instance of a fleet.
struct FleetInstance {
  std::string id;
  std::string type = {};
};

/// Spot Fleets.
class Fleets {
 public:
  virtual ~Fleets() = default;

  /// `NotFound` where there is none of that ID.
  virtual void describe_fleet(model::Region region, std::string id, On<SpotFleet> on_fleet) = 0;

  /// Those that AWS counts as running.
  virtual void fleet_instances(model::Region region, std::string id,
                               On<std::vector<FleetInstance>> on_instances) = 0;
};

/// An Auto Scaling group, as far as its size is concerned.
struct ScalingGroup {
  std::string name;
  int least = 0;
  int most = 0;
  int desired = 0;
};

/// EC2 Auto Scaling.
class ScalingGroups {
 public:
  virtual ~ScalingGroups() = default;

  /// None where there is no group of that name.
  virtual void describe_group(model::Region region, std::string name,
                              On<std::optional<ScalingGroup>> on_group) = 0;

  /// `Busy` where the cooldown is honoured and not over.
  virtual void set_desired_capacity(model::Region region, std::string name, int desired,
                                    bool honors_cooldown, On<void> on_done) = 0;
};

/// A series of one metric of a fleet's ("AWS/EC2Spot"), by minutes.
struct FleetMetricQuery {
  model::Region region;
  std::string fleet_id;
  std::string metric;  ///< "TargetCapacity", "PendingCapacity"
  TimePoint from;
  TimePoint to;
};

struct MetricPoint {
  TimePoint at;
  double maximum = 0.0;
};

/// CloudWatch.
class Metrics {
 public:
  virtual ~Metrics() = default;

  /// The maximum of each minute that has any, by time.
  virtual void fleet_metric(FleetMetricQuery query, On<std::vector<MetricPoint>> on_points) = 0;
};

}  // namespace spotvane
