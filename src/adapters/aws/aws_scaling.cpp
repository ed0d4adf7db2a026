#include "adapters/aws/aws_scaling.hpp"

#include "adapters/aws/xml_fields.hpp"
#include "base/number.hpp"
#include "wire/form.hpp"
#include "wire/xml.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

namespace {

using wire::Form;
using wire::XmlNode;

/// Figures come late: so many periods back there is one.
constexpr int kAlarmPeriodsBack = 5;

std::optional<int> scaling_whole(XmlNode node, std::string_view name) {
  const auto number = parse_integer(node.child_text(name));
  return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

Result<std::optional<ScalingGroup>> read_group(const Result<std::string>& body,
                                               const std::string& name) {
  const auto document = xml_of(body, "DescribeAutoScalingGroups");
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::optional<ScalingGroup> group;
  document->root()
      .child("DescribeAutoScalingGroupsResult")
      .child("AutoScalingGroups")
      .each([&](XmlNode one) {
        const auto least = scaling_whole(one, "MinSize");
        const auto most = scaling_whole(one, "MaxSize");
        const auto desired = scaling_whole(one, "DesiredCapacity");
        if (one.child_text("AutoScalingGroupName") == name && least && most && desired) {
          group = ScalingGroup{name, *least, *most, *desired};
        }
      });
  return group;
}

Result<std::vector<MetricPoint>> read_points(const Result<std::string>& body) {
  const auto document = xml_of(body, "GetMetricStatistics");
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<MetricPoint> points;
  document->root().child("GetMetricStatisticsResult").child("Datapoints").each([&](XmlNode one) {
    const auto at = parse_time(one.child_text("Timestamp"));
    const auto maximum = real_in(one, "Maximum");
    if (at && maximum) {
      points.push_back({*at, *maximum});
    }
  });
  // CloudWatch keeps no order.
  std::sort(points.begin(), points.end(),
            [](const MetricPoint& a, const MetricPoint& b) { return a.at < b.at; });
  return points;
}

/// An alarm, and what its metric is asked by.
struct DescribedAlarm {
  AlarmReading reading;
  Form metric;            // of GetMetricStatistics, its span apart
  std::string statistic;  // empty: it is not of one metric
  Duration period{0};
};

void read_alarm_metric(XmlNode one, DescribedAlarm& alarm) {
  const auto period = parse_integer(one.child_text("Period"));
  const auto statistic = one.child_text("Statistic");
  if (!period || *period <= 0 || statistic.empty() || one.child_text("MetricName").empty()) {
    return;
  }
  alarm.statistic = statistic;
  alarm.period = std::chrono::seconds{*period};
  alarm.metric.add("Namespace", one.child_text("Namespace"));
  alarm.metric.add("MetricName", one.child_text("MetricName"));
  int number = 0;
  one.child("Dimensions").each([&](XmlNode dimension) {
    const auto prefix = fmt::format("Dimensions.member.{}.", ++number);
    alarm.metric.add(prefix + "Name", dimension.child_text("Name"));
    alarm.metric.add(prefix + "Value", dimension.child_text("Value"));
  });
  alarm.metric.add("Period", fmt::to_string(*period));
  alarm.metric.add("Statistics.member.1", statistic);
}

Result<DescribedAlarm> read_alarm_of(const Result<std::string>& body, const std::string& name) {
  const auto document = xml_of(body, "DescribeAlarms");
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::optional<DescribedAlarm> found;
  document->root().child("DescribeAlarmsResult").child("MetricAlarms").each([&](XmlNode one) {
    if (one.child_text("AlarmName") == name) {
      const auto word = one.child_text("StateValue");
      found.emplace(
          DescribedAlarm{.reading = {.state = word == "ALARM" ? AlarmState::Alarm
                                              : word == "OK"  ? AlarmState::Ok
                                                              : AlarmState::Unknown,
                                     .threshold = real_in(one, "Threshold")},
                         .metric = Form::call("GetMetricStatistics", wire::kCloudWatch.version),
                         .statistic = {}});
      read_alarm_metric(one, *found);
    }
  });
  return found ? Result<DescribedAlarm>{std::move(*found)}
               : fail(ErrorKind::NotFound, "there is no alarm '{}'", name);
}

/// None where there is no point, or nobody says.
std::optional<double> newest_value(const Result<std::string>& body, const std::string& statistic) {
  const auto document = xml_of(body, "GetMetricStatistics");
  std::optional<TimePoint> newest;
  std::optional<double> value;
  if (document) {
    document->root().child("GetMetricStatisticsResult").child("Datapoints").each([&](XmlNode one) {
      const auto at = parse_time(one.child_text("Timestamp"));
      const auto read = real_in(one, statistic);
      if (at && read && (!newest || *at > *newest)) {
        newest = *at;
        value = read;
      }
    });
  }
  return value;
}

}  // namespace

void AwsScalingGroups::describe_group(model::Region region, std::string name,
                                      On<std::optional<ScalingGroup>> on_group) {
  auto form = Form::call("DescribeAutoScalingGroups", wire::kAutoScaling.version);
  form.add("AutoScalingGroupNames.member.1", name);
  client_.call({wire::kAutoScaling, region.text(), "DescribeAutoScalingGroups", form.encode()},
               [name, on_group = std::move(on_group)](const Result<std::string>& body) {
                 on_group(read_group(body, name));
               });
}

void AwsScalingGroups::set_desired_capacity(model::Region region, std::string name, int desired,
                                            bool honors_cooldown, On<void> on_done) {
  auto form = Form::call("SetDesiredCapacity", wire::kAutoScaling.version);
  form.add("AutoScalingGroupName", name);
  form.add("DesiredCapacity", fmt::to_string(desired));
  form.add("HonorCooldown", honors_cooldown ? "true" : "false");
  client_.call({wire::kAutoScaling, region.text(), "SetDesiredCapacity", form.encode()},
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

void AwsScalingGroups::let_go(model::Region region, HeldInstance held, On<void> on_done) {
  auto form = Form::call("CompleteLifecycleAction", wire::kAutoScaling.version);
  form.add("AutoScalingGroupName", held.group);
  form.add("LifecycleHookName", held.hook);
  form.add(held.token.empty() ? "InstanceId" : "LifecycleActionToken",
           held.token.empty() ? held.instance_id : held.token);
  form.add("LifecycleActionResult", "CONTINUE");
  client_.call({wire::kAutoScaling, region.text(), "CompleteLifecycleAction", form.encode()},
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 const bool is_over =
                     !body &&
                     body.error().message.find("No active Lifecycle Action") != std::string::npos;
                 on_done(body || is_over ? Result<void>{} : tl::unexpected(body.error()));
               });
}

void AwsMetrics::fleet_metric(FleetMetricQuery query, On<std::vector<MetricPoint>> on_points) {
  auto form = Form::call("GetMetricStatistics", wire::kCloudWatch.version);
  form.add("Namespace", "AWS/EC2Spot");
  form.add("MetricName", query.metric);
  form.add("Dimensions.member.1.Name", "FleetRequestId");
  form.add("Dimensions.member.1.Value", query.fleet_id);
  form.add("StartTime", to_iso8601(query.from));
  form.add("EndTime", to_iso8601(query.to));
  form.add("Period", "60");
  form.add("Statistics.member.1", "Maximum");
  client_.call({wire::kCloudWatch, query.region.text(), "GetMetricStatistics", form.encode()},
               [on_points = std::move(on_points)](const Result<std::string>& body) {
                 on_points(read_points(body));
               });
}

void AwsMetrics::alarm_state(model::Region region, std::string alarm, On<AlarmState> on_state) {
  auto form = Form::call("DescribeAlarms", wire::kCloudWatch.version);
  form.add("AlarmNames.member.1", alarm);
  client_.call({wire::kCloudWatch, region.text(), "DescribeAlarms", form.encode()},
               [alarm, on_state = std::move(on_state)](const Result<std::string>& body) {
                 on_state(read_alarm_of(body, alarm).map([](const DescribedAlarm& found) {
                   return found.reading.state;
                 }));
               });
}

void AwsMetrics::read_alarm(model::Region region, std::string alarm, TimePoint now,
                            On<AlarmReading> on_reading) {
  auto form = Form::call("DescribeAlarms", wire::kCloudWatch.version);
  form.add("AlarmNames.member.1", alarm);
  client_.call(
      {wire::kCloudWatch, region.text(), "DescribeAlarms", form.encode()},
      [this, region, alarm, now, on_reading](const Result<std::string>& body) {
        auto found = read_alarm_of(body, alarm);
        if (!found) {
          return on_reading(tl::unexpected(std::move(found.error())));
        }
        if (found->statistic.empty()) {
          return on_reading(found->reading);
        }
        found->metric.add("StartTime", to_iso8601(now - kAlarmPeriodsBack * found->period));
        found->metric.add("EndTime", to_iso8601(now));
        client_.call(
            {wire::kCloudWatch, region.text(), "GetMetricStatistics", found->metric.encode()},
            [reading = found->reading, statistic = found->statistic,
             on_reading](const Result<std::string>& points) mutable {
              reading.value = newest_value(points, statistic);
              on_reading(reading);
            });
      });
}

}  // namespace spotvane::adapters
