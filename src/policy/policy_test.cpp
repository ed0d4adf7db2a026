#include "policy/catalog.hpp"
#include "policy/schedule.hpp"
#include "policy/simple_policies.hpp"

#include <gmock/gmock.h>

#include <array>

namespace spotvane::policy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

constexpr Job kJob{.work = hours{48}, .deadline = hours{64}, .changeover = minutes{12}};
constexpr Placement kSpot{.mode = Mode::Spot};

/// What one zone looks like to a job that has done so much.
class OneZone {
 public:
  OneZone(bool has_spot, Duration done, Placement current = kNone, Duration changeover_left = {})
      : offers_{{{has_spot, Money::from_dollars(0.9731)}}},
        seen_{.interval = minutes{10},
              .done = done,
              .current = current,
              .changeover_left = changeover_left,
              .zones = offers_,
              .on_demand_price = Money::from_dollars(3.06)} {}
  OneZone(const OneZone&) = delete;
  OneZone& operator=(const OneZone&) = delete;

  const Observation& seen() const { return seen_; }

 private:
  std::array<Offer, 1> offers_;
  Observation seen_;
};

Decision decide(std::string_view name, const OneZone& zone, Duration now) {
  return (*policy_named(name))()->decide(kJob, zone.seen(), now);
}

constexpr auto kEveryName = {
    "best",     "on-demand", "greedy", "uniform-progress", "uniform-progress-no-hysteresis",
    "up-switch"};

TEST(Policies, OnDemandNeverWantsAnythingElse) {
  EXPECT_EQ(decide("on-demand", {true, hours{1}}, hours{2}), (Decision{kOnDemand, Reason::Always}));
}

TEST(Policies, GreedyWaitsForSpotAsLongAsTwoChangeoversFit) {
  EXPECT_EQ(decide("greedy", {false, hours{0}}, hours{15}),
            (Decision{kNone, Reason::WaitsForSpot}));
  // 48 h and twice 12 min are 48 h 30 min in whole ticks: all that is left at 15 h 30 min.
  EXPECT_EQ(decide("greedy", {false, hours{0}}, hours{15} + minutes{30}),
            (Decision{kOnDemand, Reason::SafetyNet}));
}

TEST(Policies, GreedyKeepsASpotInstanceInsideTheSafetyNet) {
  EXPECT_EQ(decide("greedy", {true, hours{0}, kSpot}, hours{15} + minutes{30}),
            (Decision{kSpot, Reason::KeepsSpot}));
}

TEST(Policies, SpotOnlyWaitsEvenAtTheLastPoint) {
  EXPECT_EQ(decide("spot-only", {false, hours{0}}, hours{60}),
            (Decision{kNone, Reason::WaitsForSpot}));
}

TEST(Policies, UniformProgressFillsAnOutageOnlyBehindTheLine) {
  const auto on_the_line = hours{12};  // after 16 h of 64
  EXPECT_EQ(decide("uniform-progress", {false, on_the_line}, hours{16}),
            (Decision{kNone, Reason::WaitsForSpot}));
  EXPECT_EQ(decide("uniform-progress", {false, on_the_line - minutes{1}}, hours{16}),
            (Decision{kOnDemand, Reason::BehindSchedule}));
}

TEST(Policies, UniformProgressLeavesOnDemandOnlyTwoChangeoversAheadOfTheLine) {
  const auto two_ahead = hours{12} + minutes{18};  // 24 min at 48 h of work in 64
  EXPECT_EQ(decide("uniform-progress", {true, two_ahead, kOnDemand}, hours{16}),
            (Decision{kOnDemand, Reason::HoldsOnDemand}));
  EXPECT_EQ(decide("uniform-progress", {true, two_ahead + minutes{1}, kOnDemand}, hours{16}),
            (Decision{kSpot, Reason::SpotIsThere}));
}

TEST(Policies, WithoutHysteresisUniformProgressLeavesOnDemandAtOnce) {
  EXPECT_EQ(decide("uniform-progress-no-hysteresis", {true, hours{1}, kOnDemand}, hours{16}),
            (Decision{kSpot, Reason::SpotIsThere}));
}

TEST(Policies, AllStayOnASpotInstanceThatWorksAtTheLastPoint) {
  for (const auto* name : kEveryName) {
    const OneZone zone{true, hours{1}, kSpot};
    const auto wanted = decide(name, zone, hours{17});
    EXPECT_EQ(keep_deadline(kJob, zone.seen(), hours{17}, wanted),
              (Decision{kSpot, Reason::KeepsSpot}))
        << name;
  }
}

TEST(Policies, NoneStaysOnASpotInstanceThatStillStartsAtTheLastPoint) {
  for (const auto* name : kEveryName) {
    const OneZone zone{true, hours{1}, kSpot, minutes{2}};
    const auto wanted = decide(name, zone, hours{17});
    EXPECT_EQ(keep_deadline(kJob, zone.seen(), hours{17}, wanted).placement, kOnDemand) << name;
  }
}

TEST(Policies, UpSwitchReturnsToTheZoneThatTookItsInstanceLast) {
  std::array<Offer, 3> offers{{{true, Money::from_dollars(1)},
                               {true, Money::from_dollars(2)},
                               {false, Money::from_dollars(0.5)}}};
  Observation seen{.interval = minutes{10},
                   .done = hours{0},
                   .current = kNone,
                   .changeover_left = {},
                   .zones = offers,
                   .on_demand_price = Money::from_dollars(3)};
  const auto policy = (*policy_named("up-switch"))();
  ASSERT_EQ(policy->decide(kJob, seen, hours{0}).placement, (Placement{Mode::Spot, 0}));

  offers[2].has_spot = true;  // zone 0 took it, and has some again
  EXPECT_EQ(policy->decide(kJob, seen, minutes{10}).placement, (Placement{Mode::Spot, 2}));
  offers[1].has_spot = false;
  offers[0].has_spot = false;
  offers[2].has_spot = true;
  EXPECT_EQ(policy->decide(kJob, seen, minutes{20}).placement, (Placement{Mode::Spot, 2}))
      << "the only one";
}

TEST(PolicyNames, NameTheNearestOfThoseThereAre) {
  const auto policy = policy_named("uniform-progres");

  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().kind, ErrorKind::InvalidInput);
  EXPECT_THAT(policy.error().hint, HasSubstr("'uniform-progress'"));
  for (const auto& name : policy_names()) {
    EXPECT_TRUE(policy_named(name)) << name;
  }
}

}  // namespace
}  // namespace spotvane::policy
