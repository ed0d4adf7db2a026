#include "market/sweep_turn.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

model::PlannedQuery planned(const std::string& type, int capacity,
                            const std::string& credential = "default") {
  return {.query = {.types = {model::InstanceType{type}},
                    .target_capacity = capacity,
                    .regions = {model::Region{"us-east-1"}}},
          .credential = model::CredentialName{credential}};
}

model::DayPlan plan() {
  return {.day = day_of(kNoon),
          .queries = {planned("a", 10), planned("a", 1), planned("a", 50), planned("b", 10),
                      planned("b", 1), planned("b", 50)}};
}

Quota known_quota(int limit, const std::vector<model::PlannedQuery>& live = {}) {
  std::vector<model::LedgerEntry> uses;
  for (const auto& one : live) {
    uses.push_back({one.credential, configuration_key(one.query), kNoon, kNoon});
  }
  return {{.credential = model::CredentialName{"default"},
           .refused_beyond = limit,
           .refused_at = kNoon - 1h},
          uses,
          kNoon};
}

std::vector<std::string> names(const std::vector<model::PlannedQuery>& queries) {
  std::vector<std::string> all;
  for (const auto& one : queries) {
    all.push_back(fmt::format("{}{}", one.query.types[0], one.query.target_capacity));
  }
  return all;
}

TEST(SweepTurn, AsksOneCapacityACycle) {
  const auto turn = take_turn(plan(), 50, {known_quota(20)});

  EXPECT_THAT(names(turn.due), ElementsAre("a50", "b50"));
  EXPECT_THAT(names(turn.waiting), ElementsAre("a10", "a1", "b10", "b1"));
}

TEST(SweepTurn, OpensWholeSweepsWhileTheLimitIsUnknown) {
  const auto turn = take_turn(plan(), 50, {known_quota(0, {planned("a", 10), planned("a", 50)})});

  EXPECT_THAT(names(turn.due), ElementsAre("a1", "a50", "b10", "b1", "b50"));
  EXPECT_THAT(names(turn.waiting), ElementsAre("a10"));
}

TEST(SweepTurn, LetsACredentialThatIsNotThereWaitForItsTurn) {
  const model::DayPlan other{.day = day_of(kNoon),
                             .queries = {planned("a", 10, "gone"), planned("a", 50, "gone")}};

  EXPECT_THAT(names(take_turn(other, 50, {known_quota(0)}).due), ElementsAre("a50"));
}

TEST(SweepTurn, KnowsWhatAPlanSweeps) {
  EXPECT_THAT(swept_capacities(plan()), ElementsAre(1, 10, 50));
  EXPECT_THAT(swept_capacities({}), IsEmpty());
}

TEST(SweepTurn, TakesSpsOfTheCapacityWantedWhereThePlanAsksForIt) {
  EXPECT_EQ(score_capacity(plan(), 50), 50);
  EXPECT_EQ(score_capacity(plan(), 7), 10) << "that which the plan puts first";
}

}  // namespace
}  // namespace spotvane::market
