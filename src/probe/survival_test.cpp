#include "probe/survival.hpp"

#include <gmock/gmock.h>

namespace spotvane::probe {
namespace {

using testing::DoubleNear;
using testing::SizeIs;

// Freireich's trial of 6-MP (1963), the textbook's example of censoring: weeks of remission.
std::vector<Wait> freireich() {
  std::vector<Wait> waits;
  for (const double week : {6, 6, 6, 7, 10, 13, 16, 22, 23}) {
    waits.push_back({week, true});
  }
  for (const double week : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}) {
    waits.push_back({week, false});
  }
  return waits;
}

TEST(KaplanMeier, GivesTheTextbooksCurve) {
  const auto steps = kaplan_meier(freireich());

  const auto waiting_after = [&](double weeks) {
    double waiting = 1.0;
    for (const auto& step : steps) {
      waiting = step.seconds <= weeks ? step.waiting : waiting;
    }
    return waiting;
  };
  EXPECT_THAT(waiting_after(5), DoubleNear(1.0, 1e-12));
  EXPECT_THAT(waiting_after(6), DoubleNear(0.857, 0.0005));
  EXPECT_THAT(waiting_after(7), DoubleNear(0.807, 0.0005));
  EXPECT_THAT(waiting_after(10), DoubleNear(0.753, 0.0005));
  EXPECT_THAT(waiting_after(13), DoubleNear(0.690, 0.0005));
  EXPECT_THAT(waiting_after(16), DoubleNear(0.627, 0.0005));
  EXPECT_THAT(waiting_after(22), DoubleNear(0.538, 0.0005));
  EXPECT_THAT(waiting_after(35), DoubleNear(0.448, 0.0005));
  EXPECT_EQ(time_to_reach(steps, 0.5), 23);
}

TEST(KaplanMeier, IsThePlainShareWhereNothingIsCensored) {
  const auto steps = kaplan_meier({{3, true}, {1, true}, {4, true}, {1, true}, {5, true}});

  ASSERT_THAT(steps, SizeIs(4));
  EXPECT_THAT(steps[0].waiting, DoubleNear(0.6, 1e-12));
  EXPECT_THAT(steps[3].waiting, DoubleNear(0.0, 1e-12));
  EXPECT_EQ(steps[0].at_risk, 5);
  EXPECT_EQ(steps[0].came, 2);
}

TEST(KaplanMeier, ReachesADecileDespiteRoundedFractions) {
  std::vector<Wait> ten;
  for (int i = 1; i <= 10; ++i) {
    ten.push_back({static_cast<double>(i), true});
  }
  const auto steps = kaplan_meier(ten);

  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(time_to_reach(steps, i / 10.0), i);
  }
}

TEST(KaplanMeier, KnowsNoTimeForWhatNeverCame) {
  const auto steps = kaplan_meier({{30, true}, {600, false}, {600, false}});

  EXPECT_EQ(time_to_reach(steps, 0.3), 30);
  EXPECT_FALSE(time_to_reach(steps, 0.5));
  EXPECT_FALSE(time_to_reach(kaplan_meier({}), 0.5));
}

}  // namespace
}  // namespace spotvane::probe
