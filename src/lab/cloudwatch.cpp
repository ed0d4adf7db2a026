#include "lab/cloudwatch.hpp"

#include "lab/alarm_message.hpp"
#include "lab/launch_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spotvane::lab {

namespace {

constexpr std::size_t kMostData = 1000;
constexpr std::size_t kMostQueries = 500;
constexpr std::size_t kMostPoints = 1440;
constexpr std::int64_t kLongestPeriod = 604'800;  // seconds: a week
constexpr std::array<std::string_view, 5> kStatistics{"SampleCount", "Average", "Sum", "Minimum",
                                                      "Maximum"};

tl::unexpected<Refusal> refuse_cloudwatch(std::string_view message) {
  return refuse(400, "InvalidParameterValueException", "{}", message);
}

sim::MetricKey key_of(const Call& call, const Value& metric, std::string_view space) {
  sim::MetricKey key{owner_of(call), std::string{space}, metric["MetricName"].text(), {}};
  for (const auto& one : metric["Dimensions"].list()) {
    key.dimensions[one["Name"].text()] = one["Value"].text();
  }
  return key;
}

Value dimension_rows(const sim::MetricKey& key) {
  Value::List rows;
  for (const auto& [name, value] : key.dimensions) {
    rows.push_back(Value::object({{"Name", name}, {"Value", value}}));
  }
  return rows;
}

/// One value, several with their counts, or a set of statistics.
Answered<sim::MetricSum> read_datum(const Value& datum) {
  const auto is_good = [](std::optional<double> number) {
    return number && std::isfinite(*number);
  };
  if (const auto& set = datum["StatisticValues"]; !set.is_none()) {
    const auto count = set["SampleCount"].number();
    const auto sum = set["Sum"].number();
    const auto least = set["Minimum"].number();
    const auto most = set["Maximum"].number();
    if (!is_good(count) || !is_good(sum) || !is_good(least) || !is_good(most)) {
      return refuse_cloudwatch("The statistic set must hold four numbers.");
    }
    return sim::MetricSum{.count = *count, .sum = *sum, .least = *least, .most = *most};
  }
  if (const auto& values = datum["Values"].list(); !values.empty()) {
    const auto& counts = datum["Counts"].list();
    sim::MetricSum sum;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = values[i].number();
      const auto count = i < counts.size() ? counts[i].number() : std::optional{1.0};
      if (!is_good(value) || !is_good(count)) {
        return refuse_cloudwatch("The values and their counts must be numbers.");
      }
      sum.add(sim::MetricSum::of(*value, *count));
    }
    return sum;
  }
  const auto value = datum["Value"].number();
  return is_good(value) ? Answered<sim::MetricSum>{sim::MetricSum::of(*value)}
                        : refuse_cloudwatch("A metric's value must be a number.");
}

struct Span {
  TimePoint from;
  TimePoint to;
};

Answered<Span> read_span(const Value& asked) {
  const auto from = asked["StartTime"].time();
  const auto to = asked["EndTime"].time();
  if (!from || !to) {
    return refuse(400, "MissingRequiredParameterException",
                  "The parameters StartTime and EndTime must be given.");
  }
  return *from < *to ? Answered<Span>{Span{*from, *to}}
                     : refuse_cloudwatch("The parameter StartTime must be less than EndTime.");
}

Answered<Duration> read_period(const Value& period) {
  const auto seconds = period.integer();
  const bool is_period = seconds && *seconds > 0 && *seconds <= kLongestPeriod &&
                         (*seconds % 60 == 0 || *seconds == 1 || *seconds == 5 || *seconds == 10 ||
                          *seconds == 20 || *seconds == 30);
  return is_period ? Answered<Duration>{std::chrono::seconds{*seconds}}
                   : refuse_cloudwatch("The period must be 1, 5, 10, 20, 30 or a multiple of 60.");
}

bool is_statistic(std::string_view name) {
  return std::find(kStatistics.begin(), kStatistics.end(), name) != kStatistics.end();
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const auto& one : list.list()) {
    texts.push_back(one.text());
  }
  return texts;
}

Value text_list(const std::vector<std::string>& texts) {
  return Value::List(texts.begin(), texts.end());
}

Value alarm_row(const sim::MetricAlarm& alarm) {
  return Value::object(
      {{"AlarmName", alarm.name},
       {"AlarmArn", alarm_arn(alarm)},
       {"AlarmDescription", alarm.description.empty() ? Value{} : Value{alarm.description}},
       {"AlarmConfigurationUpdatedTimestamp", alarm.configured_at},
       {"ActionsEnabled", alarm.is_enabled},
       {"OKActions", text_list(alarm.on_ok)},
       {"AlarmActions", text_list(alarm.on_alarm)},
       {"InsufficientDataActions", text_list(alarm.on_insufficient)},
       {"StateValue", sim::to_text(alarm.state)},
       {"StateReason", alarm.reason},
       {"StateUpdatedTimestamp", alarm.changed_at},
       {"MetricName", alarm.metric.name},
       {"Namespace", alarm.metric.space},
       {"Statistic", alarm.statistic},
       {"Dimensions", dimension_rows(alarm.metric)},
       {"Period", std::chrono::duration_cast<std::chrono::seconds>(alarm.period).count()},
       {"EvaluationPeriods", alarm.evaluations},
       {"DatapointsToAlarm", alarm.datapoints},
       {"Threshold", alarm.threshold},
       {"ComparisonOperator", alarm.comparison},
       {"TreatMissingData", alarm.missing}});
}

/// The series of a query of GetMetricData.
Answered<Value> metric_result(const World& world, const Call& call, const Value& query,
                              const Span& span, bool newest_first) {
  const auto& stat = query["MetricStat"];
  if (query.has("Expression") || stat.is_none()) {
    return refuse_cloudwatch("This lab answers queries with a MetricStat, not expressions.");
  }
  const auto period = read_period(stat["Period"]);
  if (!period) {
    return tl::unexpected(period.error());
  }
  if (!is_statistic(stat["Stat"].text())) {
    return refuse_cloudwatch(
        "The statistic must be SampleCount, Average, Sum, Minimum or "
        "Maximum.");
  }
  const auto key = key_of(call, stat["Metric"], stat["Metric"]["Namespace"].text());
  auto points = world.metrics().read(key, span.from, span.to, *period, call.as_of);
  if (newest_first) {
    std::reverse(points.begin(), points.end());
  }
  Value::List times;
  Value::List values;
  for (const auto& [at, sum] : points) {
    times.emplace_back(at);
    values.emplace_back(*sum.statistic(stat["Stat"].text()));
  }
  return Value::object({{"Id", query["Id"].text()},
                        {"Label", query.has("Label") ? query["Label"].text() : key.name},
                        {"Timestamps", times},
                        {"Values", values},
                        {"StatusCode", "Complete"}});
}

}  // namespace

Answered<Value> put_metric_data(World& world, const Call& call, const Value& asked) {
  const auto space = asked["Namespace"].text();
  const auto& data = asked["MetricData"].list();
  if (space.empty() || space.starts_with("AWS/")) {
    return refuse_cloudwatch("The value for parameter Namespace is invalid.");
  }
  if (data.size() > kMostData) {
    return refuse_cloudwatch("The collection MetricData must not have more than 1000 members.");
  }
  constexpr Duration kOldest = std::chrono::days{14};
  constexpr Duration kFarthestAhead = std::chrono::hours{2};
  std::vector<sim::MetricSum> sums;
  for (const auto& datum : data) {
    const auto at = datum["Timestamp"].time().value_or(call.now);
    if (at < call.now - kOldest || at > call.now + kFarthestAhead) {
      return refuse_cloudwatch(
          "The Timestamp must be of the past two weeks, and not two hours ahead.");
    }
    const auto sum = read_datum(datum);
    if (!sum || datum["MetricName"].text().empty()) {
      return sum ? refuse_cloudwatch("A metric must have a name.") : tl::unexpected(sum.error());
    }
    sums.push_back(*sum);
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    world.metrics().put(key_of(call, data[i], space),
                        data[i]["Timestamp"].time().value_or(call.now), sums[i], call.now);
  }
  return Value::object();
}

Answered<Value> get_metric_data(World& world, const Call& call, const Value& asked) {
  const auto span = read_span(asked);
  if (!span) {
    return tl::unexpected(span.error());
  }
  const auto& queries = asked["MetricDataQueries"].list();
  if (queries.empty() || queries.size() > kMostQueries) {
    return refuse_cloudwatch("There must be 1 to 500 queries.");
  }
  Value::List results;
  for (const auto& query : queries) {
    auto result =
        metric_result(world, call, query, *span, asked["ScanBy"].text() != "TimestampAscending");
    if (!result) {
      return result;
    }
    if (!query.has("ReturnData") || query["ReturnData"].flag()) {
      results.push_back(*std::move(result));
    }
  }
  return Value::object({{"MetricDataResults", results}, {"Messages", Value::List{}}});
}

Answered<Value> get_metric_statistics(World& world, const Call& call, const Value& asked) {
  const auto span = read_span(asked);
  const auto period = read_period(asked["Period"]);
  if (!span || !period) {
    return tl::unexpected(!span ? span.error() : period.error());
  }
  const auto& wanted = asked["Statistics"].list();
  if (wanted.empty() || !std::all_of(wanted.begin(), wanted.end(),
                                     [](const Value& one) { return is_statistic(one.text()); })) {
    return refuse_cloudwatch("Statistics must be SampleCount, Average, Sum, Minimum or Maximum.");
  }
  if (static_cast<std::size_t>((span->to - span->from) / *period) > kMostPoints) {
    return refuse(400, "InvalidParameterCombinationException",
                  "You have requested more than {} datapoints. Use a longer period or a shorter "
                  "time.",
                  kMostPoints);
  }
  const auto key = key_of(call, asked, asked["Namespace"].text());
  Value::List rows;
  for (const auto& [at, sum] :
       world.metrics().read(key, span->from, span->to, *period, call.as_of)) {
    auto row = Value::object({{"Timestamp", at}});
    for (const auto& one : wanted) {
      row.set(one.text(), *sum.statistic(one.text()));
    }
    row.set("Unit", key.space == "AWS/EC2Spot" ? "Count" : "None");
    rows.push_back(std::move(row));
  }
  return Value::object({{"Label", key.name}, {"Datapoints", rows}});
}

Answered<Value> list_metrics(World& world, const Call& call, const Value& asked) {
  Value::List rows;
  for (const auto* key : world.metrics().list(owner_of(call), call.as_of)) {
    const bool is_wanted = (!asked.has("Namespace") || asked["Namespace"].text() == key->space) &&
                           (!asked.has("MetricName") || asked["MetricName"].text() == key->name);
    if (is_wanted) {
      rows.push_back(Value::object({{"Namespace", key->space},
                                    {"MetricName", key->name},
                                    {"Dimensions", dimension_rows(*key)}}));
    }
  }
  return Value::object({{"Metrics", rows}});
}

Answered<Value> put_metric_alarm(World& world, const Call& call, const Value& asked) {
  const auto period = read_period(asked["Period"]);
  const auto evaluations = asked["EvaluationPeriods"].integer();
  const auto threshold = asked["Threshold"].number();
  const auto comparison = asked["ComparisonOperator"].text();
  if (asked.has("Metrics") || !is_statistic(asked["Statistic"].text())) {
    return refuse_cloudwatch("This lab's alarms are on a statistic of one metric.");
  }
  constexpr std::array<std::string_view, 4> kComparisons{
      "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
      "LessThanOrEqualToThreshold"};
  const bool is_known =
      std::find(kComparisons.begin(), kComparisons.end(), comparison) != kComparisons.end();
  if (!period || !evaluations || *evaluations < 1 || *evaluations > 1440 || !threshold ||
      !is_known || asked["AlarmName"].text().empty()) {
    return !period ? tl::unexpected(period.error())
                   : refuse_cloudwatch(
                         "An alarm has a name, periods to evaluate, a threshold and "
                         "a comparison.");
  }
  const auto datapoints = asked["DatapointsToAlarm"].integer().value_or(*evaluations);
  sim::MetricAlarm alarm{
      .name = asked["AlarmName"].text(),
      .metric = key_of(call, asked, asked["Namespace"].text()),
      .description = asked["AlarmDescription"].text(),
      .statistic = asked["Statistic"].text(),
      .period = *period,
      .evaluations = static_cast<int>(*evaluations),
      .datapoints = static_cast<int>(std::clamp<std::int64_t>(datapoints, 1, *evaluations)),
      .threshold = *threshold,
      .comparison = comparison};
  alarm.missing = asked.has("TreatMissingData") ? asked["TreatMissingData"].text() : "missing";
  alarm.on_alarm = texts_of(asked["AlarmActions"]);
  alarm.on_ok = texts_of(asked["OKActions"]);
  alarm.on_insufficient = texts_of(asked["InsufficientDataActions"]);
  alarm.is_enabled = !asked.has("ActionsEnabled") || asked["ActionsEnabled"].flag();
  world.alarms().put(std::move(alarm), call.now);
  world.watch();
  return Value::object();
}

Answered<Value> describe_alarms(World& world, const Call& call, const Value& asked) {
  const auto names = texts_of(asked["AlarmNames"]);
  Value::List rows;
  for (const auto* alarm : world.alarms().list(owner_of(call))) {
    const bool is_wanted =
        (names.empty() || std::find(names.begin(), names.end(), alarm->name) != names.end()) &&
        alarm->name.starts_with(asked["AlarmNamePrefix"].text()) &&
        (!asked.has("StateValue") || asked["StateValue"].text() == sim::to_text(alarm->state));
    if (is_wanted) {
      rows.push_back(alarm_row(*alarm));
    }
  }
  return Value::object({{"MetricAlarms", rows}, {"CompositeAlarms", Value::List{}}});
}

Answered<Value> delete_alarms(World& world, const Call& call, const Value& asked) {
  for (const auto& name : texts_of(asked["AlarmNames"])) {
    if (world.alarms().find(owner_of(call), name) == nullptr) {
      return refuse(404, "ResourceNotFoundException", "Unknown alarm '{}'.", name);
    }
  }
  for (const auto& name : texts_of(asked["AlarmNames"])) {
    world.alarms().remove(owner_of(call), name);
  }
  return Value::object();
}

Answered<Value> set_alarm_state(World& world, const Call& call, const Value& asked) {
  auto* alarm = world.alarms().find(owner_of(call), asked["AlarmName"].text());
  if (alarm == nullptr) {
    return refuse(404, "ResourceNotFoundException", "Unknown alarm '{}'.",
                  asked["AlarmName"].text());
  }
  using State = sim::MetricAlarm::State;
  for (const auto state : {State::Ok, State::Alarm, State::InsufficientData}) {
    if (asked["StateValue"].text() == sim::to_text(state)) {
      world.turn_alarm(*alarm, state, asked["StateReason"].text());
      return Value::object();
    }
  }
  return refuse_cloudwatch("The state must be OK, ALARM or INSUFFICIENT_DATA.");
}

}  // namespace spotvane::lab
