#pragma once

#include "base/time.hpp"
#include "model/launch.hpp"
#include "ports/cloud.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane {

/// What a fleet may launch, and what an instance of it counts for.
struct FleetPool {
  model::InstanceType type;
  model::ZoneName zone = {};  ///< by the account's name; empty: any of the region
  double weight = 1.0;

  friend bool operator==(const FleetPool&, const FleetPool&) = default;
};

/// A fleet that lasts, as AWS describes it: a Spot Fleet ("sfr-...") or an EC2 Fleet ("fleet-...").
struct SpotFleet {
  std::string id;
  std::string state = {};  ///< "active", "modifying", ...
  double target = 0.0;
  double fulfilled = 0.0;
  std::map<std::string, double> weights = {};  ///< by instance type, of those that have one
  double on_demand = 0.0;                      ///< of the target
  std::string activity = {};                   ///< "fulfilled", "pending_fulfillment", ...
  std::string type = {};                       ///< "maintain", "request"
  std::string strategy = {};                   ///< as EC2 Fleets spell it: "diversified"
  std::vector<FleetPool> pools = {};
  std::optional<TimePoint> created = {};
};

/// An instance of a fleet.
struct FleetInstance {
  std::string id;
  std::string type = {};
};

/// What a fleet's target is to be.
struct FleetTarget {
  model::Region region;
  std::string id;
  int target = 0;
  std::optional<int> on_demand = {};  ///< of it; none: as it was
  bool keeps_excess = false;          ///< ends no instance where the target falls
};

/// Spot Fleets and EC2 Fleets; which of them a fleet is its ID says.
class Fleets {
 public:
  virtual ~Fleets() = default;

  /// `NotFound` where there is none of that ID.
  virtual void describe_fleet(model::Region region, std::string id, On<SpotFleet> on_fleet) = 0;

  /// Those that AWS counts as running.
  virtual void fleet_instances(model::Region region, std::string id,
                               On<std::vector<FleetInstance>> on_instances) = 0;

  /// Sets the target. `Busy` where the fleet is being changed already, or cannot be.
  virtual void scale_fleet(FleetTarget wanted, On<void> on_done) = 0;
};

enum class FleetKind : std::uint8_t { SpotFleet, Ec2Fleet };

/// A fleet to create. AWS takes the same order with the same token once.
struct FleetOrder {
  model::Region region;
  FleetKind kind = FleetKind::SpotFleet;
  std::string token;            ///< at most 64 characters of ASCII
  std::string launch_template;  ///< "lt-..." or its name
  std::string version = {};     ///< of it; empty: its default
  std::vector<FleetPool> pools;
  int target = 0;
  int on_demand = 0;  ///< of the target
  std::string strategy = "diversified";
  bool maintains = true;  ///< else it asks once
  std::string role = {};  ///< ARN, which a Spot Fleet acts by
  std::vector<model::Tag> tags = {};
};

/// Fleets as who owns them sees them.
class FleetOrders {
 public:
  virtual ~FleetOrders() = default;

  /// Answers its ID.
  virtual void create_fleet(FleetOrder order, On<std::string> on_id) = 0;

  /// All of the region of both kinds, instant ones apart; those that ended lately, too.
  virtual void list_fleets(model::Region region, On<std::vector<SpotFleet>> on_fleets) = 0;

  /// `NotFound` where there is none of that ID.
  virtual void cancel_fleet(model::Region region, std::string id, bool ends_instances,
                            On<void> on_done) = 0;
};

/// An Auto Scaling group, as far as its size is concerned.
struct ScalingGroup {
  std::string name;
  int least = 0;
  int most = 0;
  int desired = 0;
};

/// An instance that its group keeps from its end until somebody says to go on.
struct HeldInstance {
  std::string instance_id;
  std::string group = {};
  std::string hook = {};
  std::string token = {};
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

  /// Says to go on with the instance's end. A success, too, where nobody waits for that any more.
  virtual void let_go(model::Region region, HeldInstance held, On<void> on_done) = 0;
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

/// What CloudWatch says of an alarm.
enum class AlarmState : std::uint8_t { Unknown, Ok, Alarm };

/// What an alarm looks at, as it is now; absent where CloudWatch does not say.
struct AlarmReading {
  AlarmState state = AlarmState::Unknown;
  std::optional<double> threshold = {};
  std::optional<double> value = {};  ///< of its metric: of the newest period there is
};

/// CloudWatch.
class Metrics {
 public:
  virtual ~Metrics() = default;

  /// The maximum of each minute that has any, by time.
  virtual void fleet_metric(FleetMetricQuery query, On<std::vector<MetricPoint>> on_points) = 0;

  /// `Unknown` where CloudWatch has too little data; `NotFound` where there is no such alarm.
  virtual void alarm_state(model::Region region, std::string alarm, On<AlarmState> on_state) = 0;

  /// The same, and how far its metric is: absent for one that is reckoned from several.
  virtual void read_alarm(model::Region region, std::string alarm, TimePoint now,
                          On<AlarmReading> on_reading) = 0;
};

}  // namespace spotvane
