#include "guard/guard_event.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace spotvane::guard {

namespace {

using nlohmann::json;

constexpr TimePoint kTwoPastNoon =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::minutes{12 * 60 + 2};

const json kWarning{
    {"version", "0"},
    {"id", "1e5527d7"},
    {"detail-type", "EC2 Spot Instance Interruption Warning"},
    {"source", "aws.ec2"},
    {"time", "2026-08-01T12:00:00Z"},
    {"region", "us-east-1"},
    {"resources", {"arn:aws:ec2:us-east-1b:instance/i-0b662ef9931388ba0"}},
    {"detail", {{"instance-id", "i-0b662ef9931388ba0"}, {"instance-action", "terminate"}}}};

GuardEvent only_event(const std::string& text) {
  const auto events = read_events(text);
  EXPECT_TRUE(events) << (events ? "" : events.error().message);
  return events && events->size() == 1 ? events->front() : GuardEvent{};
}

std::string in_sns(const std::string& message) {
  return json{{"Type", "Notification"}, {"MessageId", "m"}, {"Message", message}}.dump();
}

TEST(GuardEvent, IsTheSameInEveryWrapping) {
  const auto bare = only_event(kWarning.dump());
  EXPECT_EQ(bare.cause, Cause::Interruption);
  EXPECT_EQ(bare.instance_id, "i-0b662ef9931388ba0");
  EXPECT_EQ(bare.region, "us-east-1");
  EXPECT_EQ(bare.ends, kTwoPastNoon);

  EXPECT_EQ(only_event(in_sns(kWarning.dump())), bare);
  const json lambda_sns{
      {"Records", {{{"EventSource", "aws:sns"}, {"Sns", {{"Message", kWarning.dump()}}}}}}};
  EXPECT_EQ(only_event(lambda_sns.dump()), bare);
  const json lambda_sqs{{"Records", {{{"messageId", "m"}, {"body", in_sns(kWarning.dump())}}}}};
  EXPECT_EQ(only_event(lambda_sqs.dump()), bare);
}

TEST(GuardEvent, ReadsTheFoundingAgentsMessage) {
  const auto event = only_event(
      R"({"terminationNotificiation":"true","instanceId":"i-1","instanceType":"m5.2xlarge",
          "ecsCluster":"prod","ecsContainer":"arn:aws:ecs:us-east-1:1:container-instance/prod/0"})");

  EXPECT_EQ(event.cause, Cause::Interruption);
  EXPECT_EQ(event.cluster, "prod");
  EXPECT_EQ(event.instance_type, "m5.2xlarge");
}

TEST(GuardEvent, ReadsEveryKindThatTheAgentSends) {
  const auto cause_of = [](const std::string& kind) {
    return only_event(json{{"instanceId", "i-1"}, {"event", kind}, {"eventId", "e"}}.dump()).cause;
  };
  EXPECT_EQ(cause_of("spot-interruption"), Cause::Interruption);
  EXPECT_EQ(cause_of("asg-termination"), Cause::Ending);
  EXPECT_EQ(cause_of("rebalance-recommendation"), Cause::Rebalance);
  EXPECT_EQ(cause_of("scheduled-maintenance"), Cause::Idle);
}

TEST(GuardEvent, FindsTheFleetOfAnAlarm) {
  const json alarm{
      {"AlarmName", "pending"},
      {"NewStateValue", "ALARM"},
      {"Trigger", {{"Dimensions", {{{"name", "FleetRequestId"}, {"value", "sfr-1"}}}}}}};
  EXPECT_EQ(only_event(in_sns(alarm.dump())).fleet_id, "sfr-1");

  const json metric{{"metricStat", {{"metric", {{"dimensions", {{"FleetRequestId", "sfr-1"}}}}}}}};
  const json event{{"detail-type", "CloudWatch Alarm State Change"},
                   {"detail", {{"configuration", {{"metrics", {metric}}}}}}};
  EXPECT_EQ(only_event(event.dump()).fleet_id, "sfr-1");
  EXPECT_EQ(only_event(R"({"fleetID":"sfr-1"})").cause, Cause::FleetLook);
}

TEST(GuardEvent, NamesTheAlarmWhosesoeverItIs) {
  const auto by_sns = only_event(in_sns(
      R"({"AlarmName":"busy","NewStateValue":"ALARM","Trigger":{"MetricName":"CPUUtilization"}})"));
  EXPECT_EQ(by_sns.cause, Cause::Alarm);
  EXPECT_EQ(by_sns.alarm, "busy");
  const auto by_rule = only_event(
      R"({"detail-type":"CloudWatch Alarm State Change","detail":{"alarmName":"busy"}})");
  EXPECT_EQ(by_rule, by_sns);
}

TEST(GuardEvent, HasNothingToDoForATestMessage) {
  EXPECT_EQ(only_event(R"({"Event":"autoscaling:TEST_NOTIFICATION"})").cause, Cause::Idle);
}

TEST(GuardEvent, IsNoneWhereTheTextMakesNoSense) {
  std::string deep = R"({"fleetID":"sfr-1"})";
  for (int i = 0; i < 7; ++i) {
    deep = in_sns(deep);
  }
  for (const std::string& text : std::vector<std::string>{
           "", "{", "[]", "3", "{}", R"({"Records":[{}]})", R"({"Records":[3]})", deep,
           R"({"terminationNotificiation":"true"})",
           R"({"terminationNotificiation":"true","instanceId":"x; rm"})",
           R"({"detail-type":"EC2 Spot Instance Interruption Warning","detail":[]})",
           in_sns("not JSON"), std::string(2U << 20U, '['),
           R"({"Message":")" + std::string(2U << 20U, 'x') + "\"}"}) {
    EXPECT_FALSE(read_events(text)) << text.substr(0, 100);
  }
}

}  // namespace

}  // namespace spotvane::guard
