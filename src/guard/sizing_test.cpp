#include "guard/sizing.hpp"

#include "base/random.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace spotvane::guard {

namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
const FleetRule kRule{
    .fleet_id = "sfr-1", .region = "us-east-1", .group = "spare", .units_per_server = 4.0};

DoomedHost doomed(const std::string& id, double weight) {
  return {.instance_id = id, .weight = weight, .told = kNow, .ends = kNow + 2min};
}

FleetView full_fleet() {
  return {.target = 100.0,
          .fulfilled = 100.0,
          .instances = std::vector<std::string>{"i-1", "i-2", "i-3"},
          .recent_targets = std::vector<double>{100.0, 100.0}};
}

TEST(Sizing, MakesOneGapOfManyNotices) {
  const auto sizing = size_group(kRule, full_fleet(), GroupView{0, 0, 50},
                                 {doomed("i-1", 8), doomed("i-2", 8), doomed("i-3", 48)}, {}, kNow);

  EXPECT_EQ(sizing.gap, 64.0);
  EXPECT_EQ(sizing.desired, 16);
  EXPECT_FALSE(sizing.honors_cooldown);
}

TEST(Sizing, CountsNoHostTwiceThatAwsNoLongerCounts) {
  auto fleet = full_fleet();
  fleet.fulfilled = 92.0;
  fleet.instances = std::vector<std::string>{"i-2", "i-3"};

  const auto sizing =
      size_group(kRule, fleet, GroupView{0, 0, 50}, {doomed("i-1", 8), doomed("i-2", 8)}, {}, kNow);

  EXPECT_EQ(sizing.gap, 16.0);
}

TEST(Sizing, LowersAsTheCooldownAllowsAndLeavesWhatIsRight) {
  const auto lower = size_group(kRule, full_fleet(), GroupView{3, 0, 50}, {}, {}, kNow);
  EXPECT_EQ(lower.desired, 0);
  EXPECT_TRUE(lower.honors_cooldown);

  const auto enough =
      size_group(kRule, full_fleet(), GroupView{2, 0, 50}, {doomed("i-1", 8)}, {}, kNow);
  EXPECT_EQ(enough.reason, SizingReason::Enough);
  EXPECT_EQ(enough.desired, std::nullopt);
}

TEST(Sizing, KeepsWithinTheGroupsLimitsAndSaysSo) {
  const auto most =
      size_group(kRule, full_fleet(), GroupView{3, 0, 5}, {doomed("i-1", 80)}, {}, kNow);
  EXPECT_EQ(most.needed, 20);
  EXPECT_EQ(most.desired, 5);
  EXPECT_TRUE(most.is_clamped);

  const auto least = size_group(kRule, full_fleet(), GroupView{3, 2, 5}, {}, {}, kNow);
  EXPECT_EQ(least.desired, 2);
  EXPECT_TRUE(least.is_clamped);
}

TEST(Sizing, BuysNothingByAFigureThatCannotBeHad) {
  EXPECT_EQ(size_group(kRule, {.recent_targets = std::vector<double>{}}, GroupView{0, 0, 9},
                       {doomed("i-1", 8)}, {}, kNow)
                .reason,
            SizingReason::CapacityUnknown);
  auto fleet = full_fleet();
  fleet.recent_targets = std::nullopt;
  EXPECT_EQ(size_group(kRule, fleet, GroupView{0, 0, 9}, {doomed("i-1", 8)}, {}, kNow).reason,
            SizingReason::ScalingUnknown);
  EXPECT_EQ(size_group(kRule, full_fleet(), std::nullopt, {doomed("i-1", 8)}, {}, kNow).reason,
            SizingReason::GroupUnknown);
}

TEST(Sizing, TakesCloudWatchsWordWhereTheFleetGivesNone) {
  const FleetView fleet{.pending_metric = 6.0, .recent_targets = std::vector<double>{}};

  EXPECT_EQ(size_group(kRule, fleet, GroupView{0, 0, 9}, {doomed("i-1", 8)}, {}, kNow).desired, 4);
}

TEST(Sizing, WaitsWhereSomebodyHasJustScaledTheFleet) {
  auto fleet = full_fleet();
  fleet.recent_targets = std::vector<double>{60.0, 100.0, 100.0};

  const auto sizing = size_group(kRule, fleet, GroupView{0, 0, 9}, {doomed("i-1", 8)}, {}, kNow);

  EXPECT_EQ(sizing.reason, SizingReason::JustScaled);
  EXPECT_EQ(sizing.desired, std::nullopt);
}

TEST(Sizing, IsTheDeficitOfAModelThatCountsServerByServer) {
  Random random{1};
  for (int round = 0; round < 10'000; ++round) {
    FleetRule rule = kRule;
    rule.units_per_server = static_cast<double>(1 + random.below(96));
    FleetView fleet{.target = static_cast<double>(random.below(400)),
                    .fulfilled = 0.0,
                    .instances = std::vector<std::string>{},
                    .recent_targets = std::vector<double>{7.0}};
    std::vector<DoomedHost> going;
    long long units_missing =
        static_cast<long long>(*fleet.target);  // the model counts in whole units
    for (std::uint64_t i = random.below(60); i > 0; --i) {
      const auto weight = static_cast<long long>(1 + random.below(64));
      const bool is_counted = random.chance(0.8);
      const bool is_doomed = random.chance(0.5);
      const auto id = fmt::format("i-{}", i);
      if (is_counted) {
        fleet.instances->push_back(id);
        *fleet.fulfilled += static_cast<double>(weight);
        units_missing -= is_doomed ? 0 : weight;
      }
      if (is_doomed) {
        going.push_back(doomed(id, static_cast<double>(weight)));
      }
    }
    int servers = 0;
    for (auto left = units_missing; left > 0;
         left -= static_cast<long long>(rule.units_per_server)) {
      ++servers;
    }
    const GroupView group{static_cast<int>(random.below(30)), 0, 1000};

    const auto sizing = size_group(rule, fleet, group, going, {}, kNow);

    ASSERT_EQ(sizing.needed, servers) << "round " << round;
    ASSERT_EQ(sizing.desired.value_or(group.desired), servers) << "round " << round;
  }
}

TEST(Fallback, BeginsAtARateAndReturnsOnceItIsCalmForLongEnough) {
  const FallbackRule rule{.interruptions = 3, .window = 10min, .calm = 1, .hold = 30min};
  std::vector<TimePoint> at{kNow, kNow + 1min};
  EXPECT_FALSE(next_fallback(rule, {}, at, kNow + 2min).is_on);

  at.push_back(kNow + 2min);
  const auto begun = next_fallback(rule, {}, at, kNow + 2min);
  EXPECT_EQ(begun, (FallbackState{true, kNow + 2min}));

  // Calm, but not for long enough; then long enough, but not calm; then both.
  EXPECT_TRUE(next_fallback(rule, begun, at, kNow + 20min).is_on);
  at.insert(at.end(), {kNow + 29min, kNow + 31min});
  EXPECT_TRUE(next_fallback(rule, begun, at, kNow + 33min).is_on);
  EXPECT_FALSE(next_fallback(rule, begun, at, kNow + 40min).is_on);
  EXPECT_FALSE(next_fallback({}, {}, at, kNow + 2min).is_on);
}

TEST(Fallback, CoversItsShareOfTheTargetByServers) {
  auto rule = kRule;
  rule.fallback.share = 0.5;

  EXPECT_EQ(size_group(rule, full_fleet(), GroupView{0, 0, 99}, {}, {true, kNow}, kNow).desired,
            13);
}

}  // namespace

}  // namespace spotvane::guard
