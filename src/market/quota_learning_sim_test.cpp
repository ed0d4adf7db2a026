#include "market/collector_harness.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spotvane::market {
namespace {

/// Thirty days on one account whose limit the planner does not know.
class QuotaLearning : public testing::TestWithParam<std::size_t> {};

TEST_P(QuotaLearning, MeetsOneRefusalAtMostWhileLearningAndNoneAfterwards) {
  World world{11, 150, GetParam()};
  Process process{world, kMidnight, {.plan = {.sample_count = 200}}};
  ASSERT_TRUE(process.collector.recover());
  for (int day = 0; day < 30; ++day) {
    const auto before = process.cloud.refusals();
    const auto begin = kMidnight + std::chrono::days{day};
    // Every cycle asks alike but for the first, so a few of a day's 144 tell as much.
    for (const auto at : {0min, 10min, 20min, 12 * 60min, 23 * 60min + 50min}) {
      process.loop.run_for(begin + at - process.loop.now());
      const auto summary = process.run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
    }
    ASSERT_TRUE(compact_day(world.state, world.lake, day_of(begin)));
    EXPECT_LE(process.cloud.refusals() - before, day == 0 ? 1 : 0) << "day " << day;
    const auto plan = *world.state.plan(day_of(begin));
    const auto fresh = std::count_if(plan->queries.begin(), plan->queries.end(),
                                     [](const auto& planned) { return planned.is_new; });
    EXPECT_TRUE(day == 1 || fresh > 0) << "nothing new on day " << day;
  }
  EXPECT_EQ(process.cloud.refusals(), 1);
  EXPECT_EQ(world.state.quota_limit(kCredential)->value().refused_beyond,
            static_cast<int>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Limits, QuotaLearning, testing::Values(10, 50));

}  // namespace
}  // namespace spotvane::market
