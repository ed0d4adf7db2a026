#include "lab/alarm_message.hpp"

#include "wire/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::lab {

namespace {

std::string upper_case(std::string text) {
  for (auto& letter : text) {
    letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return text;
}

Value arns_of(const std::vector<std::string>& arns) {
  return Value::List(arns.begin(), arns.end());
}

std::int64_t period_seconds(const sim::MetricAlarm& alarm) {
  return std::chrono::duration_cast<std::chrono::seconds>(alarm.period).count();
}

}  // namespace

std::string alarm_arn(const sim::MetricAlarm& alarm) {
  const auto& owner = alarm.metric.owner;
  return fmt::format("arn:aws:cloudwatch:{}:{}:alarm:{}", owner.region, owner.account, alarm.name);
}

std::string alarm_message(const sim::MetricAlarm& alarm, sim::MetricAlarm::State before) {
  Value::List dimensions;
  for (const auto& [name, value] : alarm.metric.dimensions) {
    dimensions.push_back(Value::object({{"value", value}, {"name", name}}));
  }
  const auto trigger = Value::object({{"MetricName", alarm.metric.name},
                                      {"Namespace", alarm.metric.space},
                                      {"StatisticType", "Statistic"},
                                      {"Statistic", upper_case(alarm.statistic)},
                                      {"Dimensions", dimensions},
                                      {"Period", period_seconds(alarm)},
                                      {"EvaluationPeriods", alarm.evaluations},
                                      {"DatapointsToAlarm", alarm.datapoints},
                                      {"ComparisonOperator", alarm.comparison},
                                      {"Threshold", alarm.threshold},
                                      {"TreatMissingData", alarm.missing},
                                      {"EvaluateLowSampleCountPercentile", ""}});
  return Value::object(
             {{"AlarmName", alarm.name},
              {"AlarmDescription", alarm.description},
              {"AWSAccountId", alarm.metric.owner.account},
              {"AlarmConfigurationUpdatedTimestamp", wire::to_timestamp(alarm.configured_at)},
              {"NewStateValue", sim::to_text(alarm.state)},
              {"NewStateReason", alarm.reason},
              {"StateChangeTime", wire::to_timestamp(alarm.changed_at)},
              {"Region", alarm.metric.owner.region.text()},
              {"AlarmArn", alarm_arn(alarm)},
              {"OldStateValue", sim::to_text(before)},
              {"OKActions", arns_of(alarm.on_ok)},
              {"AlarmActions", arns_of(alarm.on_alarm)},
              {"InsufficientDataActions", arns_of(alarm.on_insufficient)},
              {"Trigger", trigger}})
      .to_json();
}

Value alarm_event(const sim::MetricAlarm& alarm, sim::MetricAlarm::State before) {
  auto dimensions = Value::object();
  for (const auto& [name, value] : alarm.metric.dimensions) {
    dimensions.set(name, value);
  }
  const auto metric = Value::object(
      {{"namespace", alarm.metric.space}, {"name", alarm.metric.name}, {"dimensions", dimensions}});
  const auto statistic = Value::object(
      {{"metric", metric}, {"period", period_seconds(alarm)}, {"stat", alarm.statistic}});
  return Value::object(
      {{"alarmName", alarm.name},
       {"state", Value::object({{"value", sim::to_text(alarm.state)},
                                {"reason", alarm.reason},
                                {"timestamp", wire::to_timestamp(alarm.changed_at)}})},
       {"previousState", Value::object({{"value", sim::to_text(before)}})},
       {"configuration",
        Value::object({{"description", alarm.description},
                       {"metrics",
                        Value::List{Value::object(
                            {{"id", "m1"}, {"metricStat", statistic}, {"returnData", true}})}}})}});
}

}  // namespace spotvane::lab
