#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "market/query_plan.hpp"
#include "support/advisor_pools.hpp"
#include "support/moments.hpp"
#include "support/seeds.hpp"

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

const std::vector<int> kSweep{1, 5, 10, 20, 30, 40, 50};

Quota quota(const std::string& credential, int limit, const std::vector<std::string>& live = {}) {
  const model::CredentialName name{credential};
  std::vector<model::LedgerEntry> uses;
  for (const auto& key : live) {
    uses.push_back({name, key, kMidnight - 20h, kMidnight - 1h});
  }
  return {{.credential = name,
           .largest_accepted = limit,
           .refused_beyond = limit,
           .refused_at = kMidnight - 48h},
          uses,
          kMidnight};
}

/// `types` types in `regions` regions of three zones each.
std::vector<OfferedPool> swept(int types, int regions) {
  std::vector<OfferedPool> pools;
  for (int t = 0; t < types; ++t) {
    for (int r = 0; r < regions; ++r) {
      pools.push_back({{model::InstanceType{fmt::format("m{}.xlarge", t)},
                        model::Region{fmt::format("r{}", r)}},
                       3});
    }
  }
  return pools;
}

PlanInput sweeping(std::vector<Quota> quotas, int types = 200) {
  PlanInput input{
      .day = day_of(kMidnight), .offered = swept(types, 1), .quotas = std::move(quotas)};
  input.options.capacities = kSweep;
  input.options.sample_count = 200;
  return input;
}

/// The capacities asked for, in order, by types and regions.
std::map<std::string, std::vector<int>> capacities(const model::DayPlan& plan) {
  std::map<std::string, std::vector<int>> asked;
  for (const auto& planned : plan.queries) {
    auto query = planned.query;
    query.target_capacity = 0;
    asked[configuration_key(query)].push_back(planned.query.target_capacity);
  }
  return asked;
}

std::string key(const std::string& type, int capacity) {
  return model::configuration_key({.types = {model::InstanceType{type}},
                                   .target_capacity = capacity,
                                   .regions = {model::Region{"r0"}}});
}

TEST(SweepPlan, AsksEachQueryAtEveryCapacityTheTargetFirst) {
  const auto plan = plan_day(sweeping({quota("default", 0)}, 1));

  ASSERT_THAT(plan->queries, SizeIs(7));
  EXPECT_THAT(capacities(*plan).begin()->second, ElementsAre(10, 1, 5, 20, 30, 40, 50));
  EXPECT_EQ(plan->lower_bound, 7);
}

TEST(SweepPlan, CountsEachCapacityAgainstTheDaysShareOfTheLimit) {
  const auto plan = plan_day(sweeping({quota("default", 50)}));

  EXPECT_THAT(plan->queries, SizeIs(28));  // 30 hold four sweeps of seven
  EXPECT_THAT(capacities(*plan), SizeIs(4));
}

TEST(SweepPlan, AsksForTheTargetAloneWhereTheLimitDoesNotHoldTwoSweeps) {
  const auto plan = plan_day(sweeping({quota("default", 13)}));

  EXPECT_THAT(plan->queries, SizeIs(7));
  for (const auto& [query, asked] : capacities(*plan)) {
    EXPECT_THAT(asked, ElementsAre(10));
  }
  EXPECT_THAT(capacities(*plan_day(sweeping({quota("default", 14)}))), SizeIs(1));
  EXPECT_THAT(plan_day(sweeping({quota("default", 14)}))->queries, SizeIs(7));
}

TEST(SweepPlan, AsksForTheTargetAloneOnADayThatHasNoRoomForASweep) {
  std::vector<std::string> live;
  for (int i = 0; i < 50; ++i) {
    live.push_back(key(fmt::format("m{}.xlarge", i), 10));
  }

  const auto plan = plan_day(sweeping({quota("default", 50, live)}));

  EXPECT_THAT(plan->queries, SizeIs(30));
  EXPECT_TRUE(std::none_of(plan->queries.begin(), plan->queries.end(),
                           [](const auto& planned) { return planned.is_new; }));
}

TEST(SweepPlan, OpensTheCapacitiesThatALiveQueryLacks) {
  const auto plan = plan_day(sweeping(
      {quota("wide", 50), quota("payer", 50, {key("m0.xlarge", 10), key("m0.xlarge", 50)})}, 1));

  std::map<int, std::pair<std::string, bool>> by_capacity;
  for (const auto& planned : plan->queries) {
    by_capacity[planned.query.target_capacity] = {planned.credential.text(), planned.is_new};
  }
  EXPECT_THAT(by_capacity, SizeIs(7));
  EXPECT_EQ(by_capacity[10], std::pair(std::string{"payer"}, false));
  EXPECT_EQ(by_capacity[50], std::pair(std::string{"payer"}, false));
  EXPECT_EQ(by_capacity[1], std::pair(std::string{"wide"}, true));
}

TEST(SweepPlan, DividesASweepAmongCredentialsThatHaveLittleLeftEach) {
  const auto plan = plan_day(sweeping({quota("a", 8), quota("b", 8)}));

  std::map<std::string, int> by_credential;
  for (const auto& planned : plan->queries) {
    ++by_credential[planned.credential.text()];
  }
  EXPECT_EQ(by_credential, (std::map<std::string, int>{{"a", 4}, {"b", 3}}));
  EXPECT_THAT(capacities(*plan), SizeIs(1));
}

TEST(SweepPlan, OfAllThatTheAdvisorListsIsElevenTimesThePlanOfOneCapacity) {
  PlanInput input{.day = day_of(kMidnight), .quotas = {quota("default", 0)}};
  for (const auto& pool : support::advisor_pools()) {
    input.offered.push_back(
        {{model::InstanceType{pool.instance_type}, model::Region{pool.region}}, pool.zones});
  }
  input.options.sample_count = 20'000;
  input.options.capacities = {1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50};

  const auto plan = plan_day(input);

  EXPECT_THAT(plan->queries, SizeIs(45'683));
  EXPECT_EQ(plan->lower_bound, 45'683);
}

/// One seed is some credentials, what they have live, and a sweep: SPOTVANE_SEED=<seed>.
class SweepPlanSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SweepPlanSeeds, NeverPlansMoreThanACredentialHasLeftNorHalfASweep) {
  Random random{GetParam()};
  std::vector<int> sweep;
  for (const int capacity : kSweep) {
    if (capacity == 10 || random.chance(0.5)) {
      sweep.push_back(capacity);
    }
  }
  std::vector<Quota> quotas;
  for (std::uint64_t i = 0, count = 1 + random.below(4); i < count; ++i) {
    const int limit = 1 + static_cast<int>(random.below(60));
    std::set<std::string> live;
    for (std::uint64_t use = 0, uses = random.below(static_cast<std::uint64_t>(limit) + 1);
         use < uses; ++use) {
      const auto type = fmt::format("m{}.xlarge", random.below(30));
      live.insert(key(type, kSweep[random.below(kSweep.size())]));
    }
    quotas.push_back(quota(fmt::format("c{}", i), limit, {live.begin(), live.end()}));
  }
  auto input = sweeping(quotas, 30);
  input.options.capacities = sweep;
  input.seed = random.next();
  for (int i = 0; i < 5; ++i) {
    input.yesterday.push_back({input.offered[random.below(30)].pool, 9, 0, 3.0});
  }

  const auto plan = plan_day(input);

  ASSERT_TRUE(plan);
  for (const auto& one : quotas) {
    int fresh = 0;
    int queries = 0;
    for (const auto& planned : plan->queries) {
      const bool is_its = planned.credential == one.credential();
      queries += is_its ? 1 : 0;
      fresh += is_its && planned.is_new ? 1 : 0;
      EXPECT_TRUE(!is_its || planned.is_new != one.is_live(configuration_key(planned.query)));
    }
    EXPECT_LE(fresh, one.room());
    EXPECT_LE(queries, one.limit());
  }
  std::set<std::size_t> sizes;
  for (const auto& [query, asked] : capacities(*plan)) {
    sizes.insert(std::set<int>(asked.begin(), asked.end()).size());
    EXPECT_EQ(asked.front(), 10);
  }
  EXPECT_LE(sizes.size(), 1U) << "all are swept, or none";
}

INSTANTIATE_TEST_SUITE_P(Seeds, SweepPlanSeeds, testing::ValuesIn(support::seeds()));

}  // namespace
}  // namespace spotvane::market
