#include "policy/best.hpp"

#include "policy/schedule.hpp"

#include <gmock/gmock.h>

#include <array>

namespace spotvane::policy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::DoubleEq;
using testing::Gt;
using testing::Lt;
using Move = SlackPlan::Move;

TEST(SpotBelief, KnowsHowLongThingsHaveBeenAsTheyAre) {
  SpotBelief belief;
  belief.see(true, 0.5);
  EXPECT_TRUE(belief.has_spot());
  EXPECT_THAT(belief.age_hours(), Gt(0)) << "what is there at the first look has been there before";

  belief.see(false, 0.5);
  EXPECT_THAT(belief.age_hours(), DoubleEq(0));
  belief.see(false, 0.5);
  belief.see(false, 0.5);
  EXPECT_THAT(belief.age_hours(), DoubleEq(1));
}

TEST(SpotBelief, LearnsThatAZoneIsWorseThanMost) {
  SpotBelief flickering;
  SpotBelief steady;
  for (int look = 0; look < 100; ++look) {
    flickering.see(look % 2 == 0, 1.0 / 6);
    steady.see(true, 1.0 / 6);
  }
  EXPECT_THAT(flickering.preemption_factor(), Gt(1.5));
  EXPECT_THAT(steady.preemption_factor(), Lt(1));
  EXPECT_THAT(steady.recovery_factor(), DoubleEq(1)) << "it has not seen an outage";
}

TEST(SpotBelief, ForgetsWhatWasLongAgo) {
  SpotBelief belief;
  for (int look = 0; look < 100; ++look) {
    belief.see(look % 2 == 0, 1.0 / 6);
  }
  const auto then = belief.preemption_factor();
  for (int look = 0; look < 24 * 6; ++look) {
    belief.see(false, 1.0 / 6);
  }
  EXPECT_THAT(belief.preemption_factor(), Lt(then));
}

SlackPlan::Terms terms() {
  return {.step_hours = 1.0 / 6,
          .work = 60,
          .slack = 64,
          .changeover = 1.2,
          .spot_price = 0.9731 / 6,
          .on_demand_price = 3.06 / 6,
          .hazards = kPriorHazards};
}

SlackPlan::Situation idle(double work, double slack, bool has_spot, std::size_t age) {
  return {.work = work,
          .slack = slack,
          .has_spot = has_spot,
          .age = age,
          .is_on_demand = false,
          .changeover_left = 0};
}

TEST(SlackPlan, TakesOnDemandWhereNothingElseMakesTheDeadline) {
  const SlackPlan plan{terms()};
  for (const auto age : {0U, 3U, 7U}) {
    EXPECT_EQ(plan.move(idle(30, 0, false, age)), Move::OnDemand);
    EXPECT_EQ(plan.move(idle(30, 0, true, age)), Move::OnDemand);
  }
}

TEST(SlackPlan, WaitsOutAYoungOutageWhereThereIsTime) {
  const SlackPlan plan{terms()};
  EXPECT_EQ(plan.move(idle(50, 20, false, 0)), Move::Wait);
}

TEST(SlackPlan, TakesSpotThatHasBeenThereForHours) {
  const SlackPlan plan{terms()};
  EXPECT_EQ(plan.move(idle(50, 30, true, kAges - 1)), Move::Spot);
}

TEST(SlackPlan, LeavesOnDemandForOldSpotButNotForYoungWhenSlackIsShort) {
  const SlackPlan plan{terms()};
  auto situation = idle(50, 8, true, kAges - 1);
  situation.is_on_demand = true;
  EXPECT_EQ(plan.move(situation), Move::Spot);
  situation.age = 0;
  situation.slack = 3;
  EXPECT_EQ(plan.move(situation), Move::OnDemand);
}

TEST(SlackPlan, NeverPrefersSpotThatCostsMoreThanOnDemand) {
  auto dear = terms();
  dear.spot_price = 2 * dear.on_demand_price;
  const SlackPlan plan{dear};
  for (int slack = 0; slack <= 64; ++slack) {
    for (std::size_t age = 0; age < kAges; ++age) {
      ASSERT_NE(plan.move(idle(40, slack, true, age)), Move::Spot) << slack << ", age " << age;
    }
  }
}

TEST(Best, GoesToTheZoneWhoseSpotIsOldest) {
  constexpr Job kJob{.work = hours{10}, .deadline = hours{30}, .changeover = minutes{12}};
  std::array<Offer, 2> offers{{{false, Money::from_dollars(1)}, {false, Money::from_dollars(1)}}};
  const Observation seen{.interval = minutes{10},
                         .done = {},
                         .current = kNone,
                         .changeover_left = {},
                         .zones = offers,
                         .on_demand_price = Money::from_dollars(3)};
  Best best{std::make_shared<PlanShelf>()};
  best.decide(kJob, seen, minutes{0});
  offers[1].has_spot = true;
  for (int look = 1; look < 18; ++look) {
    best.decide(kJob, seen, look * minutes{10});
  }
  offers[0].has_spot = true;

  const auto decision = best.decide(kJob, seen, hours{3});

  EXPECT_EQ(decision, (Decision{{.mode = Mode::Spot, .zone = 1}, Reason::SpotIsThere}));
}

TEST(Best, DecidesTheSameWhateverOtherJobsOfTheProcessDid) {
  constexpr Job kJob{.work = hours{10}, .deadline = hours{20}, .changeover = minutes{12}};
  std::array<Offer, 1> offers{{{true, Money::from_dollars(1)}}};
  const Observation seen{.interval = minutes{10},
                         .done = {},
                         .current = kNone,
                         .changeover_left = {},
                         .zones = offers,
                         .on_demand_price = Money::from_dollars(3)};
  const auto shared = std::make_shared<PlanShelf>();
  Best other{shared};
  Best late{shared};
  Best alone{std::make_shared<PlanShelf>()};
  for (int look = 0; look < 60; ++look) {
    offers[0].has_spot = look % 7 < 4;
    other.decide({hours{8}, hours{20}, minutes{12}}, seen, look * minutes{10});
    ASSERT_EQ(late.decide(kJob, seen, look * minutes{10}),
              alone.decide(kJob, seen, look * minutes{10}));
  }
}

}  // namespace
}  // namespace spotvane::policy
