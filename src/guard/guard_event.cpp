#include "guard/guard_event.hpp"

#include <nlohmann/json.hpp>

namespace spotvane::guard {

namespace {

using nlohmann::json;

/// More than SNS and SQS carry.
constexpr std::size_t kMostBytes = 1U << 20U;
/// A host that its group wants to end is not kept from it for longer.
constexpr Duration kHeldFor = std::chrono::minutes{15};
/// EventBridge in SNS in SQS in Lambda's list, and one more.
constexpr int kMostWrappings = 5;

std::string text_in(const json& object, const char* name) {
  if (!object.is_object()) {
    return {};
  }
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

const json& member(const json& object, const char* name) {
  static const json none;
  if (!object.is_object()) {
    return none;
  }
  const auto found = object.find(name);
  return found != object.end() ? *found : none;
}

std::optional<TimePoint> time_in(const json& object, const char* name) {
  const auto time = parse_time(text_in(object, name));
  return time ? std::optional{*time} : std::nullopt;
}

/// Some agents and consumers wrote true as a text.
bool is_true(const json& value) {
  return value == true || value == "true";
}

GuardEvent read_agent_message(const json& message) {
  GuardEvent event{.cause = Cause::Idle,
                   .instance_id = text_in(message, "instanceId"),
                   .instance_type = text_in(message, "instanceType"),
                   .region = text_in(message, "region"),
                   .cluster = text_in(message, "ecsCluster"),
                   .container_arn = text_in(message, "ecsContainer"),
                   .fleet_id = text_in(message, "fleetId"),
                   .action = text_in(message, "action")};
  const auto kind = text_in(message, "event");
  if (is_true(member(message, "terminationNotificiation")) || kind == "spot-interruption") {
    event.cause = Cause::Interruption;
    event.ends = time_in(message, "time");
  } else if (kind == "asg-termination") {
    event.cause = Cause::Ending;
  } else if (kind == "rebalance-recommendation") {
    event.cause = Cause::Rebalance;
  }
  return event;
}

GuardEvent look_at(std::string fleet_id) {
  return {.cause = fleet_id.empty() ? Cause::Idle : Cause::FleetLook,
          .fleet_id = std::move(fleet_id)};
}

/// An instance's end, held by a lifecycle hook; as Auto Scaling tells EventBridge, SNS and SQS.
GuardEvent held_event(const json& action, std::optional<TimePoint> told) {
  constexpr std::string_view kEnding = "autoscaling:EC2_INSTANCE_TERMINATING";
  const auto transition = text_in(action, "LifecycleTransition");
  if (!transition.empty() && transition != kEnding) {
    return {};  // of an instance that comes
  }
  GuardEvent event{.cause = Cause::Ending,
                   .instance_id = text_in(action, "EC2InstanceId"),
                   .group = text_in(action, "AutoScalingGroupName"),
                   .hook = text_in(action, "LifecycleHookName"),
                   .hook_token = text_in(action, "LifecycleActionToken")};
  if (told) {
    event.ends = *told + kHeldFor;
  }
  return event;
}

/// Of an alarm that changed its state; of a fleet's where that is known.
GuardEvent alarm_event(std::string name, std::string fleet_id) {
  return {.cause = !fleet_id.empty() ? Cause::FleetLook
                   : name.empty()    ? Cause::Idle
                                     : Cause::Alarm,
          .fleet_id = std::move(fleet_id),
          .alarm = std::move(name)};
}

/// An alarm as EventBridge tells of it: the fleet is a dimension of one of its metrics.
GuardEvent read_alarm_event(const json& detail) {
  auto name = text_in(detail, "alarmName");
  for (const auto& metric : member(member(detail, "configuration"), "metrics")) {
    auto fleet = text_in(member(member(member(metric, "metricStat"), "metric"), "dimensions"),
                         "FleetRequestId");
    if (!fleet.empty()) {
      return alarm_event(std::move(name), std::move(fleet));
    }
  }
  return alarm_event(std::move(name), "");
}

GuardEvent read_eventbridge(const json& message) {
  const auto& detail = member(message, "detail");
  const auto type = text_in(message, "detail-type");
  if (type == "CloudWatch Alarm State Change") {
    return read_alarm_event(detail);
  }
  // The instance stands in the detail; the ARN in `resources` is not always one.
  GuardEvent event{.cause = Cause::Idle,
                   .instance_id = text_in(detail, "instance-id"),
                   .region = text_in(message, "region")};
  if (type == "EC2 Spot Instance Interruption Warning") {
    event.cause = Cause::Interruption;
    event.action = text_in(detail, "instance-action");
    if (const auto told = time_in(message, "time"); told && event.action != "hibernate") {
      event.ends = *told + std::chrono::minutes{2};
    }
  } else if (type == "EC2 Instance Rebalance Recommendation") {
    event.cause = Cause::Rebalance;
  } else if (type == "EC2 Instance State-change Notification") {
    event.cause = Cause::StateChange;
    event.state = text_in(detail, "state");
  } else if (type == "EC2 Instance-terminate Lifecycle Action") {
    event = held_event(detail, time_in(message, "time"));
    event.region = text_in(message, "region");
  }
  return event;
}

/// An alarm as SNS tells of it.
GuardEvent read_alarm(const json& alarm) {
  for (const auto& dimension : member(member(alarm, "Trigger"), "Dimensions")) {
    if (text_in(dimension, "name") == "FleetRequestId") {
      return alarm_event(text_in(alarm, "AlarmName"), text_in(dimension, "value"));
    }
  }
  return alarm_event(text_in(alarm, "AlarmName"), "");
}

tl::unexpected<Error> no_event(std::string_view why) {
  return fail(ErrorKind::Corrupt, "the message is no event: {}", why);
}

Result<void> read_into(std::string_view text, int wrapping, std::vector<GuardEvent>& events);

/// Lambda's list of what SNS or SQS handed to it.
Result<void> read_records(const json& records, int wrapping, std::vector<GuardEvent>& events) {
  for (const auto& record : records) {
    const auto& sns = member(record, "Sns");
    const auto text = sns.is_object() ? text_in(sns, "Message") : text_in(record, "body");
    if (text.empty()) {
      return no_event("a record is neither of SNS nor of SQS");
    }
    if (auto read = read_into(text, wrapping + 1, events); !read) {
      return read;
    }
  }
  return {};
}

Result<void> read_object(const json& message, int wrapping, std::vector<GuardEvent>& events) {
  if (const auto& records = member(message, "Records"); records.is_array()) {
    return read_records(records, wrapping, events);
  }
  if (message.contains("detail-type")) {
    events.push_back(read_eventbridge(message));
  } else if (!text_in(message, "Message").empty()) {
    return read_into(text_in(message, "Message"), wrapping + 1, events);
  } else if (message.contains("terminationNotificiation") || message.contains("eventId")) {
    events.push_back(read_agent_message(message));
  } else if (message.contains("fleetID")) {
    events.push_back(look_at(text_in(message, "fleetID")));
  } else if (message.contains("AlarmName") || message.contains("Trigger")) {
    events.push_back(read_alarm(message));
  } else if (message.contains("LifecycleTransition")) {
    events.push_back(held_event(message, time_in(message, "Time")));
  } else if (message.contains("Event")) {
    events.push_back({});  // "autoscaling:TEST_NOTIFICATION" and its like
  } else {
    return no_event("nothing in it is known");
  }
  const auto& event = events.back();
  const bool names_instance =
      event.cause != Cause::Idle && event.cause != Cause::FleetLook && event.cause != Cause::Alarm;
  if (names_instance && !event.instance_id.starts_with("i-")) {
    return no_event("it names no instance");
  }
  return {};
}

Result<void> read_into(std::string_view text, int wrapping, std::vector<GuardEvent>& events) {
  if (text.size() > kMostBytes || wrapping > kMostWrappings) {
    return no_event("it is too large, or wrapped too often");
  }
  const auto message = json::parse(text, nullptr, false);
  return message.is_object() ? read_object(message, wrapping, events)
                             : no_event("it is no JSON object");
}

}  // namespace

std::string_view to_text(Cause cause) {
  switch (cause) {
    case Cause::Interruption:
      return "interruption";
    case Cause::Ending:
      return "ending";
    case Cause::Rebalance:
      return "rebalance";
    case Cause::StateChange:
      return "state-change";
    case Cause::FleetLook:
      return "fleet-look";
    case Cause::Alarm:
      return "alarm";
    case Cause::Idle:
      return "idle";
  }
  return "";
}

Result<std::vector<GuardEvent>> read_events(std::string_view text) {
  std::vector<GuardEvent> events;
  if (auto read = read_into(text, 0, events); !read) {
    return tl::unexpected(std::move(read.error()));
  }
  return events;
}

}  // namespace spotvane::guard
