#include "agent/metadata_texts.hpp"

#include <gmock/gmock.h>

namespace spotvane::agent {

namespace {

constexpr TimePoint kTwoPastNoon =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::minutes{12 * 60 + 2};

TEST(MetadataTexts, ReadANoticeOfEveryAction) {
  for (const std::string action : {"terminate", "stop", "hibernate"}) {
    const auto event =
        read_instance_action(R"({"action":")" + action + R"(","time":"2026-08-01T12:02:00Z"})");

    ASSERT_TRUE(event);
    EXPECT_EQ(event->action, action);
    EXPECT_EQ(event->time, kTwoPastNoon);
  }
}

TEST(MetadataTexts, TakeOnlyAWholeTimeForATerminationTime) {
  EXPECT_EQ(read_termination_time("2026-08-01T12:02:00Z\n")->time, kTwoPastNoon);
  for (const auto* junk : {"", "null", "2026-08-01", "soon", "2026-08-01T12:02", "12:02:00Z"}) {
    EXPECT_FALSE(read_termination_time(junk)) << junk;
  }
}

TEST(MetadataTexts, ReadTheDatesOfScheduledEvents) {
  const auto events = read_maintenance(
      R"([{"NotBefore":"1 Aug 2026 12:02:00 GMT","Code":"system-reboot","EventId":"e","State":"active"}])");

  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().time, kTwoPastNoon);
}

TEST(MetadataTexts, AreNoEventsWhereTheyMakeNoSense) {
  for (const auto* junk : {"", "{", "[]", "null", "3", R"({"action": 1})", "<html></html>"}) {
    EXPECT_FALSE(read_instance_action(junk)) << junk;
    EXPECT_FALSE(read_rebalance(junk)) << junk;
    EXPECT_FALSE(read_identity(junk)) << junk;
  }
  EXPECT_FALSE(read_maintenance("{}"));
  EXPECT_TRUE(read_maintenance(R"([1, null, {"EventId": 3}])")->empty());
  EXPECT_FALSE(read_lifecycle_state("InService"));
}

TEST(MetadataTexts, KnowNoEcsHostBeforeItIsRegistered) {
  EXPECT_EQ(read_ecs_metadata(R"({"Cluster":"prod","ContainerInstanceArn":null})")->cluster, "");
}

}  // namespace

}  // namespace spotvane::agent
