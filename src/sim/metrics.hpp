#pragma once

#include "sim/instance.hpp"

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::sim {

/// A series: published values that have the same name and dimensions.
struct MetricKey {
  Owner owner;
  std::string space;  ///< "AWS/EC2Spot"
  std::string name;
  std::map<std::string, std::string> dimensions = {};

  friend bool operator==(const MetricKey&, const MetricKey&) = default;
  friend auto operator<=>(const MetricKey&, const MetricKey&) = default;
};

/// Values taken together.
struct MetricSum {
  double count = 0.0;
  double sum = 0.0;
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();

  static MetricSum of(double value, double count = 1.0);
  void add(const MetricSum& other);
  /// "Average", "Sum", "Minimum", "Maximum", "SampleCount"; none for others.
  std::optional<double> statistic(std::string_view name) const;
};

/// CloudWatch's series. A value may become visible only some time after the moment it is of.
class Metrics {
 public:
  void put(const MetricKey& key, TimePoint at, const MetricSum& value, TimePoint visible_at);

  using Points = std::vector<std::pair<TimePoint, MetricSum>>;
  /// What is in [from, to), by periods, oldest first, as seen at a moment.
  Points read(const MetricKey& key, TimePoint from, TimePoint to, Duration period,
              TimePoint as_of) const;

  std::vector<const MetricKey*> list(const Owner& owner, TimePoint as_of) const;

 private:
  struct Datum {
    TimePoint visible_at;
    MetricSum value;
  };
  std::map<MetricKey, std::multimap<TimePoint, Datum>> series_;
};

struct MetricAlarm {
  enum class State : std::uint8_t { InsufficientData, Ok, Alarm };

  std::string name;
  MetricKey metric;
  std::string description = {};
  std::string statistic = "Average";
  Duration period = std::chrono::minutes{1};
  int evaluations = 1;
  int datapoints = 1;  ///< of them that must breach
  double threshold = 0.0;
  std::string comparison = {};             ///< "GreaterThanThreshold"
  std::string missing = "missing";         ///< what is missing counts as
  std::vector<std::string> on_alarm = {};  ///< ARNs of topics
  std::vector<std::string> on_ok = {};
  std::vector<std::string> on_insufficient = {};
  bool is_enabled = true;
  State state = State::InsufficientData;
  std::string reason = "Unchecked: Initial alarm creation";
  TimePoint configured_at = {};
  TimePoint changed_at = {};
};

std::string_view to_text(MetricAlarm::State state);  ///< "INSUFFICIENT_DATA"

/// CloudWatch's alarms on single metrics.
class MetricAlarms {
 public:
  explicit MetricAlarms(const Metrics& metrics) : metrics_{metrics} {}

  /// In place of the one of that name, whose state stays.
  MetricAlarm& put(MetricAlarm wanted, TimePoint now);
  MetricAlarm* find(const Owner& owner, const std::string& name);
  void remove(const Owner& owner, const std::string& name);
  std::vector<const MetricAlarm*> list(const Owner& owner) const;
  bool is_empty() const { return alarms_.empty(); }

  /// Looks at all, and tells of each that changed with the state it had.
  using OnChange = std::function<void(const MetricAlarm&, MetricAlarm::State before)>;
  void evaluate(TimePoint now, const OnChange& on_change);
  static void turn(MetricAlarm& alarm, MetricAlarm::State state, std::string reason, TimePoint now,
                   const OnChange& on_change);

 private:
  const Metrics& metrics_;
  std::map<std::pair<Owner, std::string>, MetricAlarm> alarms_;
};

}  // namespace spotvane::sim
