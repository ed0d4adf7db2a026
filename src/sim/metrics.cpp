#include "sim/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

/// Values older than this are forgotten: CloudWatch keeps minutes for 15 days.
constexpr Duration kMetricsKept = std::chrono::days{15};

/// How many periods a value may be late for an alarm.
constexpr int kLatePeriods = 4;

using AlarmState = MetricAlarm::State;

TimePoint period_of(TimePoint time, Duration period) {
  const auto since = time.time_since_epoch();
  return time - (since % period + period) % period;
}

bool breaches(const MetricAlarm& alarm, double value) {
  if (alarm.comparison == "GreaterThanOrEqualToThreshold") {
    return value >= alarm.threshold;
  }
  if (alarm.comparison == "GreaterThanThreshold") {
    return value > alarm.threshold;
  }
  return alarm.comparison == "LessThanThreshold" ? value < alarm.threshold
                                                 : value <= alarm.threshold;
}

}  // namespace

MetricSum MetricSum::of(double value, double count) {
  return {.count = count, .sum = value * count, .least = value, .most = value};
}

void MetricSum::add(const MetricSum& other) {
  count += other.count;
  sum += other.sum;
  least = std::min(least, other.least);
  most = std::max(most, other.most);
}

std::optional<double> MetricSum::statistic(std::string_view name) const {
  if (name == "Average") {
    return count > 0.0 ? sum / count : 0.0;
  }
  if (name == "Sum") {
    return sum;
  }
  if (name == "Minimum") {
    return least;
  }
  if (name == "Maximum") {
    return most;
  }
  return name == "SampleCount" ? std::optional{count} : std::nullopt;
}

void Metrics::put(const MetricKey& key, TimePoint at, const MetricSum& value,
                  TimePoint visible_at) {
  auto& series = series_[key];
  series.emplace(at, Datum{visible_at, value});
  series.erase(series.begin(), series.lower_bound(at - kMetricsKept));
}

Metrics::Points Metrics::read(const MetricKey& key, TimePoint from, TimePoint to, Duration period,
                              TimePoint as_of) const {
  Points points;
  const auto series = series_.find(key);
  if (series == series_.end()) {
    return points;
  }
  for (auto one = series->second.lower_bound(period_of(from, period));
       one != series->second.end() && one->first < to; ++one) {
    if (one->second.visible_at > as_of) {
      continue;
    }
    const auto begin = period_of(one->first, period);
    if (points.empty() || points.back().first != begin) {
      points.emplace_back(begin, MetricSum{});
    }
    points.back().second.add(one->second.value);
  }
  return points;
}

std::vector<const MetricKey*> Metrics::list(const Owner& owner, TimePoint as_of) const {
  std::vector<const MetricKey*> found;
  for (const auto& [key, series] : series_) {
    const bool is_visible = std::any_of(series.begin(), series.end(), [as_of](const auto& one) {
      return one.second.visible_at <= as_of;
    });
    if (key.owner == owner && is_visible) {
      found.push_back(&key);
    }
  }
  return found;
}

std::string_view to_text(MetricAlarm::State state) {
  switch (state) {
    case AlarmState::InsufficientData:
      return "INSUFFICIENT_DATA";
    case AlarmState::Ok:
      return "OK";
    case AlarmState::Alarm:
      return "ALARM";
  }
  return "OK";
}

MetricAlarm& MetricAlarms::put(MetricAlarm wanted, TimePoint now) {
  const std::pair key{wanted.metric.owner, wanted.name};
  wanted.configured_at = wanted.changed_at = now;
  if (const auto known = alarms_.find(key); known != alarms_.end()) {
    wanted.state = known->second.state;
    wanted.reason = known->second.reason;
    wanted.changed_at = known->second.changed_at;
  }
  return alarms_[key] = std::move(wanted);
}

MetricAlarm* MetricAlarms::find(const Owner& owner, const std::string& name) {
  const auto found = alarms_.find({owner, name});
  return found == alarms_.end() ? nullptr : &found->second;
}

void MetricAlarms::remove(const Owner& owner, const std::string& name) {
  alarms_.erase({owner, name});
}

std::vector<const MetricAlarm*> MetricAlarms::list(const Owner& owner) const {
  std::vector<const MetricAlarm*> found;
  for (const auto& [key, alarm] : alarms_) {
    if (key.first == owner) {
      found.push_back(&alarm);
    }
  }
  return found;
}

void MetricAlarms::turn(MetricAlarm& alarm, AlarmState state, std::string reason, TimePoint now,
                        const OnChange& on_change) {
  if (state == alarm.state) {
    return;
  }
  const auto before = alarm.state;
  alarm.state = state;
  alarm.reason = std::move(reason);
  alarm.changed_at = now;
  on_change(alarm, before);
}

void MetricAlarms::evaluate(TimePoint now, const OnChange& on_change) {
  for (auto& [key, alarm] : alarms_) {
    const auto end = period_of(now, alarm.period);
    // What comes late is waited for: the newest that are there count.
    auto points =
        metrics_.read(alarm.metric, end - alarm.period * (alarm.evaluations + kLatePeriods), end,
                      alarm.period, now);
    points.erase(points.begin(),
                 points.end() - std::min<std::ptrdiff_t>(std::ssize(points), alarm.evaluations));
    int breaching = 0;
    for (const auto& [at, value] : points) {
      breaching += breaches(alarm, value.statistic(alarm.statistic).value_or(0.0)) ? 1 : 0;
    }
    const auto missing = alarm.evaluations - static_cast<int>(points.size());
    breaching += alarm.missing == "breaching" ? missing : 0;
    if (points.empty() && alarm.missing == "ignore") {
      continue;
    }
    const bool is_blind = points.empty() && alarm.missing == "missing";
    const bool is_alarming = breaching >= alarm.datapoints;
    turn(alarm,
         is_blind      ? AlarmState::InsufficientData
         : is_alarming ? AlarmState::Alarm
                       : AlarmState::Ok,
         is_blind ? std::string{"Insufficient Data: no datapoints were received."}
                  : fmt::format("Threshold Crossed: {} out of the last {} datapoints {} the "
                                "threshold ({}).",
                                breaching, alarm.evaluations,
                                is_alarming ? "breached" : "did not breach", alarm.threshold),
         now, on_change);
  }
}

}  // namespace spotvane::sim
