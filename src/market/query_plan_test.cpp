#include "market/query_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.hpp"
#include "market/query_choice.hpp"
#include "support/advisor_pools.hpp"
#include "support/moments.hpp"

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;

model::InstanceType type(const std::string& name) {
  return model::InstanceType{name};
}

model::Region region(const std::string& name) {
  return model::Region{name};
}

Quota quota(int limit, const std::vector<std::string>& live = {}) {
  std::vector<model::LedgerEntry> uses;
  for (const auto& key : live) {
    uses.push_back({model::CredentialName{"default"}, key, kMidnight - 20h, kMidnight - 1h});
  }
  return {{.credential = model::CredentialName{"default"},
           .largest_accepted = limit,
           .refused_beyond = limit,
           .refused_at = kMidnight - 48h},
          uses,
          kMidnight};
}

/// `types` types in `regions` regions of three zones each.
std::vector<OfferedPool> offered(int types, int regions) {
  std::vector<OfferedPool> pools;
  for (int t = 0; t < types; ++t) {
    for (int r = 0; r < regions; ++r) {
      pools.push_back({{type(fmt::format("m{}.xlarge", t)), region(fmt::format("r{}", r))}, 3});
    }
  }
  return pools;
}

/// Every pool of the Spot Advisor of 2025-06-28.
std::vector<OfferedPool> advisor_pools() {
  std::vector<OfferedPool> pools;
  for (const auto& pool : support::advisor_pools()) {
    pools.push_back(
        {{model::InstanceType{pool.instance_type}, model::Region{pool.region}}, pool.zones});
  }
  return pools;
}

CredentialBudget budget(int queries, int fresh, std::vector<std::string> live = {}) {
  return {model::CredentialName{"default"}, queries, fresh, std::move(live)};
}

double total_value(const std::vector<ChosenQuery>& queries) {
  double value = 0.0;
  for (const auto& chosen : queries) {
    value += chosen.value;
  }
  return value;
}

/// Tries every subset of the candidates.
double best_value_by_trial(const std::vector<Candidate>& candidates, int configurations) {
  RegionPacker packer;
  double best = 0.0;
  for (std::size_t subset = 0; subset < 1u << candidates.size(); ++subset) {
    std::map<std::vector<model::InstanceType>, std::vector<int>> weights;
    double value = 0.0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if ((subset >> i & 1u) != 0) {
        weights[candidates[i].types].push_back(candidates[i].zones);
        value += candidates[i].value;
      }
    }
    int bins = 0;
    for (const auto& [types, of_types] : weights) {
      bins += packer.fewest_bins(of_types);
    }
    if (bins <= configurations) {
      best = std::max(best, value);
    }
  }
  return best;
}

TEST(QueryChoice, HasTheGreatestValueOfAllChoices) {
  Random random{7};
  for (int round = 0; round < 15; ++round) {
    std::vector<Candidate> candidates;
    for (int i = 0; i < 10; ++i) {
      const int zones = 1 + static_cast<int>(random.below(6));
      const double value = 1.0 + static_cast<double>(random.below(20));
      candidates.push_back({{type(fmt::format("m{}", random.below(3)))},
                            region(fmt::format("r{}", i)),
                            zones,
                            value});
    }
    for (int configurations = 0; configurations < 6; ++configurations) {
      RegionPacker packer;
      std::vector<CredentialBudget> budgets{budget(100, configurations)};

      const auto queries = choose_queries(candidates, {}, budgets, packer);

      ASSERT_DOUBLE_EQ(total_value(queries), best_value_by_trial(candidates, configurations));
      ASSERT_LE(queries.size(), static_cast<std::size_t>(configurations));
    }
  }
}

TEST(QueryChoice, RepeatsWhatIsLiveBeforeItOpensAnythingNew) {
  const std::vector<Candidate> candidates{{{type("m5.large")}, region("a"), 3, 1.0},
                                          {{type("m5.large")}, region("b"), 3, 5.0}};
  const model::ScoreQuery live{{type("m5.large")}, 10, model::CapacityUnit::Units, {region("a")}};
  std::vector<CredentialBudget> budgets{budget(10, 1, {configuration_key(live)})};
  RegionPacker packer;

  const auto queries = choose_queries(candidates, {}, budgets, packer);

  ASSERT_THAT(queries, SizeIs(2));
  EXPECT_TRUE(queries[0].is_all_new());
  EXPECT_EQ(queries[0].regions, std::vector{region("b")});
  EXPECT_FALSE(queries[1].is_all_new());
  EXPECT_EQ(budgets[0].queries, 8);
  EXPECT_EQ(budgets[0].new_configurations, 0);
}

TEST(QueryChoice, KeepsAConfigurationWithTheCredentialThatPaid) {
  const std::vector<Candidate> candidates{{{type("m5.large")}, region("a"), 3, 1.0}};
  const model::ScoreQuery live{{type("m5.large")}, 10, model::CapacityUnit::Units, {region("a")}};
  auto second = budget(10, 5, {configuration_key(live)});
  second.credential = model::CredentialName{"second"};
  std::vector<CredentialBudget> budgets{budget(10, 9), second};
  RegionPacker packer;

  const auto queries = choose_queries(candidates, {}, budgets, packer);

  ASSERT_THAT(queries, SizeIs(1));
  EXPECT_EQ(queries[0].configurations[0].credential.text(), "second");
}

TEST(DayPlan, ExploitsYesterdaysHighestAndExploresWithoutRepeating) {
  PlanInput input{
      .day = day_of(kMidnight), .seed = 1, .offered = offered(40, 4), .quotas = {quota(0)}};
  for (int i = 0; i < 15; ++i) {
    input.yesterday.push_back({{type(fmt::format("m{}.xlarge", i)), region("r0")}, 9, 0, 3.0});
  }

  const auto plan = plan_day(input);

  ASSERT_TRUE(plan) << plan.error().message;
  int exploited = 0;
  std::set<std::string> keys;
  for (const auto& planned : plan->queries) {
    exploited += planned.reason == model::PlanReason::Exploit ? 1 : 0;
    EXPECT_TRUE(keys.insert(configuration_key(planned.query)).second);
  }
  EXPECT_EQ(exploited, 10);
  EXPECT_EQ(plan->quota_known, 0);
  EXPECT_LE(plan->lower_bound, static_cast<int>(plan->queries.size()));
}

TEST(DayPlan, AsksForAllThatTheAdvisorListsInTheFewestConfigurations) {
  PlanInput input{.day = day_of(kMidnight), .offered = advisor_pools(), .quotas = {quota(0)}};
  input.options.sample_count = 20'000;

  const auto plan = plan_day(input);

  EXPECT_THAT(input.offered, SizeIs(10'916));
  EXPECT_THAT(plan->queries, SizeIs(4'153));
  EXPECT_EQ(plan->lower_bound, 4'153);
}

TEST(DayPlan, IsTheSameForTheSameSeedAndAnotherForAnother) {
  PlanInput input{
      .day = day_of(kMidnight), .seed = 1, .offered = offered(100, 4), .quotas = {quota(0)}};
  const auto keys = [&] {
    const auto plan = plan_day(input);
    std::set<std::string> all;
    for (const auto& planned : plan->queries) {
      all.insert(configuration_key(planned.query));
    }
    return all;
  };
  const auto first = keys();

  EXPECT_EQ(keys(), first);
  input.seed = 2;
  EXPECT_NE(keys(), first);
}

TEST(DayPlan, ExploresSizesOfTheInitialScoreThatMatchTheExpression) {
  PlanInput input{.day = day_of(kMidnight), .offered = offered(3, 1), .quotas = {quota(0)}};
  input.offered.push_back({{type("m9.metal"), region("r0")}, 3});
  input.initial = {{{type("m0.xlarge"), region("r0")}, 1, 1, 1},
                   {{type("m9.metal"), region("r0")}, 1, 1, 1},
                   {{type("gone.xlarge"), region("r0")}, 1, 1, 1}};

  const auto plan = plan_day(input);

  ASSERT_THAT(plan->queries, SizeIs(1));
  EXPECT_EQ(plan->queries[0].query.types, std::vector{type("m0.xlarge")});
}

TEST(DayPlan, FillsConfigurationsUpWithFurtherRegionsOfTheirType) {
  PlanInput input{.day = day_of(kMidnight), .offered = offered(1, 5), .quotas = {quota(0)}};
  input.options.sample_count = 1;

  const auto plan = plan_day(input);

  ASSERT_THAT(plan->queries, SizeIs(1));
  EXPECT_THAT(plan->queries[0].query.regions, SizeIs(3));  // nine zones of ten places
  EXPECT_EQ(plan->lower_bound, 1);
}

TEST(DayPlan, LeavesRoomForTomorrowsNewConfigurations) {
  PlanInput input{.day = day_of(kMidnight), .offered = offered(200, 1), .quotas = {quota(50)}};
  input.options.sample_count = 200;

  EXPECT_THAT(plan_day(input)->queries, SizeIs(30));
}

TEST(DayPlan, OpensNoMoreThanWhatTheLimitLeaves) {
  std::vector<std::string> live;
  for (int i = 0; i < 8; ++i) {
    live.push_back(fmt::format("live{}", i));
  }
  PlanInput input{
      .day = day_of(kMidnight), .offered = offered(200, 1), .quotas = {quota(10, live)}};

  EXPECT_THAT(plan_day(input)->queries, SizeIs(2));
}

TEST(DayPlan, SharesAQuotaThatIsTooSmallBetweenExploitingAndExploring) {
  PlanInput input{.day = day_of(kMidnight), .offered = offered(200, 1), .quotas = {quota(10)}};
  for (int i = 0; i < 10; ++i) {
    input.yesterday.push_back({{type(fmt::format("m{}.xlarge", i)), region("r0")}, 9, 0, 3.0});
  }

  const auto plan = plan_day(input);

  const auto exploited = std::count_if(
      plan->queries.begin(), plan->queries.end(),
      [](const auto& planned) { return planned.reason == model::PlanReason::Exploit; });
  EXPECT_EQ(exploited, 2);
  EXPECT_THAT(plan->queries, SizeIs(6));
}

TEST(DayPlan, RefusesABadExpressionAndHavingNothingToAsk) {
  PlanInput input{.day = day_of(kMidnight), .quotas = {quota(0)}};
  EXPECT_EQ(plan_day(input).error().kind, ErrorKind::NotFound);

  input.offered = offered(1, 1);
  input.options.explore_sizes = "(";
  EXPECT_EQ(plan_day(input).error().kind, ErrorKind::InvalidInput);
}

TEST(DayPlan, GroupsNoTypesItKnowsNothingOf) {
  PlanInput input{.day = day_of(kMidnight), .offered = offered(5, 1), .quotas = {quota(0)}};
  input.options.types = TypeGrouping::Pool;

  EXPECT_EQ(plan_day(input).error().kind, ErrorKind::NotFound);
}

TEST(DayPlan, AsksInterchangeableTypesTogetherWhereToldSo) {
  PlanInput input{.day = day_of(kMidnight), .offered = offered(5, 1), .quotas = {quota(0)}};
  input.options.types = TypeGrouping::Pool;
  for (int i = 0; i < 5; ++i) {
    input.facts.push_back({.type = type(fmt::format("m{}.xlarge", i)),
                           .vcpus = 4,
                           .memory_mib = i < 3 ? 16'384 : 65'536,
                           .architectures = {"x86_64"}});
  }

  const auto plan = plan_day(input);

  ASSERT_THAT(plan->queries, SizeIs(3));
  EXPECT_THAT(plan->queries[0].query.types, SizeIs(3));  // the group is worth three pools
  EXPECT_THAT(plan->queries[1].query.types, SizeIs(1));
}

}  // namespace
}  // namespace spotvane::market
