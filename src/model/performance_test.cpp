#include "model/performance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spotvane::model {
namespace {

ThroughputSample sample(const std::string& type, double speed) {
  return {.id = {"test", 0},
          .workload = {DatasetHash{"d41d8c"}},
          .type = InstanceType{type},
          .tasks_per_second = speed};
}

TEST(Performance, IsSummedUpByTypeOverNLessOne) {
  const auto summaries = summarize(
      {sample("c5.large", 2), sample("m5.large", 7), sample("c5.large", 4), sample("c5.large", 9)});

  ASSERT_EQ(summaries.size(), 2U);
  const auto& c5 = summaries.front();
  EXPECT_EQ(c5.samples, 3U);
  EXPECT_DOUBLE_EQ(c5.mean, 5);
  EXPECT_DOUBLE_EQ(c5.deviation, std::sqrt(13.0));
  EXPECT_DOUBLE_EQ(c5.population_deviation(), std::sqrt(26.0 / 3));
  EXPECT_DOUBLE_EQ(c5.least, 2);
  EXPECT_DOUBLE_EQ(c5.most, 9);
  EXPECT_EQ(summaries.back(), (ThroughputSummary{InstanceType{"m5.large"}, 1, 7, 0, 7, 7}));
}

TEST(Performance, IsNothingWhereNothingWasDone) {
  PerformanceRecords records{
      .samples = {sample("a", 0), sample("b", -1), sample("c", 1),
                  sample("d", std::numeric_limits<double>::quiet_NaN()),
                  sample("e", std::numeric_limits<double>::infinity())},
      .totals = {{.id = {}, .workload = {}, .tasks = 0}, {.id = {}, .workload = {}, .tasks = 10}}};

  EXPECT_EQ(drop_what_measures_nothing(records), 5U);

  ASSERT_EQ(records.samples.size(), 1U);
  EXPECT_EQ(records.samples.front().type, InstanceType{"c"});
  EXPECT_EQ(mean_tasks(records.totals), 10);
  EXPECT_EQ(mean_tasks({}), std::nullopt);
}

TEST(Performance, IsOfParametersByName) {
  EXPECT_EQ(*parse_parameter("np=600=x"), (Parameters::value_type{"np", "600=x"}));
  EXPECT_EQ(to_text(Parameters{{"np", "600"}, {"gens", "30"}}), "gens=30 np=600");
  EXPECT_FALSE(parse_parameter("np"));
  EXPECT_FALSE(parse_parameter("=600"));
  EXPECT_FALSE(parse_parameter("n p=600"));
  EXPECT_FALSE(parse_parameter("np=1\n2"));
}

}  // namespace
}  // namespace spotvane::model
