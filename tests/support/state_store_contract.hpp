#pragma once

// What any StateStore must do. Include in one test file of an implementation, and there:
//   INSTANTIATE_TEST_SUITE_P(MyStore, StateStoreContract,
//                            testing::Values(StateStoreFactory{&make_my_store}));

#include "ports/state_store.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::support {

using namespace std::chrono_literals;

/// Returns none where what it needs is not installed: then the tests are skipped.
using StateStoreFactory = std::function<std::shared_ptr<StateStore>()>;

class StateStoreContract : public testing::TestWithParam<StateStoreFactory> {
 protected:
  void SetUp() override {
    if (store_ == nullptr) {
      GTEST_SKIP() << "its server is not installed";
    }
  }

  static constexpr Day kDay = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
  static constexpr TimePoint kNoon = TimePoint{kDay} + 12h;
  inline static const model::CredentialName kDefault{"default"};

  static model::LedgerEntry use(const std::string& configuration, TimePoint last) {
    return {.credential = kDefault,
            .configuration = configuration,
            .first_used = last - 1h,
            .last_used = last};
  }

  static LakeFile file(const std::string& path) {
    return {.path = path,
            .sha256 = std::string(64, 'a'),
            .rows = 60'000,
            .bytes = 848'939,
            .from = kNoon,
            .to = kNoon + 1ms};
  }

  static CycleRecord cycle(TimePoint at, std::vector<model::SourceOutcome> outcomes = {}) {
    CycleRecord record;
    record.cycle = at;
    record.pools = 60'000;
    record.changes = 12;
    record.outcomes = std::move(outcomes);
    return record;
  }

  static model::SourceOutcome outcome(const std::string& source, model::Outcome how) {
    return {.cycle = kNoon, .source = source, .asked = "us-east-1", .outcome = how, .note = "why"};
  }

  std::vector<std::string> configurations_since(TimePoint since) {
    std::vector<std::string> found;
    const auto uses = store().uses_since(kDefault, since).value();
    for (const auto& use : uses) {
      found.push_back(use.configuration);
    }
    return found;
  }

  std::vector<std::string> paths() {
    std::vector<std::string> found;
    const auto files = store().files().value();
    for (const auto& file : files) {
      found.push_back(file.path);
    }
    return found;
  }

  StateStore& store() { return *store_; }

 private:
  std::shared_ptr<StateStore> store_ = GetParam()();
};

TEST_P(StateStoreContract, IsEmptyAtFirst) {
  EXPECT_THAT(store().uses_since(kDefault, {}).value(), testing::IsEmpty());
  EXPECT_EQ(store().quota_limit(kDefault).value().has_value(), false);
  EXPECT_EQ(store().plan(kDay).value().has_value(), false);
  EXPECT_THAT(store().daily_scores(kDay).value(), testing::IsEmpty());
  EXPECT_THAT(store().initial_scores().value(), testing::IsEmpty());
  EXPECT_EQ(store().latest_cycle().value().has_value(), false);
  EXPECT_THAT(store().cycles({}, kNoon).value(), testing::IsEmpty());
  EXPECT_THAT(store().outcome_counts({}, kNoon).value(), testing::IsEmpty());
  EXPECT_THAT(store().files().value(), testing::IsEmpty());
  EXPECT_EQ(store().note("advisor").value().has_value(), false);
}

TEST_P(StateStoreContract, KeepsTheLatestUseOfEachConfiguration) {
  auto refused = use("b", kNoon);
  refused.outcome = model::Outcome::Refused;
  ASSERT_TRUE(store().record_uses({use("a", kNoon - 2h), use("b", kNoon - 1h)}));
  ASSERT_TRUE(store().record_uses({refused}));

  const auto uses = store().uses_since(kDefault, {}).value();

  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[1].credential, kDefault);
  EXPECT_EQ(uses[1].configuration, "b");
  EXPECT_EQ(uses[1].first_used, kNoon - 1h);
  EXPECT_EQ(uses[1].last_used, kNoon);
  EXPECT_EQ(uses[1].outcome, model::Outcome::Refused);
  EXPECT_FALSE(uses[0].outcome) << "nobody knows yet";
}

TEST_P(StateStoreContract, KeepsAsManyUsesAsADayHasInTheOrderOfTheirBytes) {
  std::vector<model::LedgerEntry> uses;
  std::vector<std::string> names;
  for (const auto* first : {"B", "a-b", "ab", "b", "\xc3\xa9"}) {
    for (int i = 0; i < 1'000; ++i) {
      names.push_back(fmt::format("{}{:03}", first, i));
      uses.push_back(use(names.back(), kNoon));
    }
  }
  ASSERT_TRUE(store().record_uses(uses));

  EXPECT_EQ(configurations_since({}), names);
}

TEST_P(StateStoreContract, FindsUsesSinceAMomentInclusiveByConfiguration) {
  ASSERT_TRUE(store().record_uses(
      {use("late", kNoon + 1ms), use("early", kNoon - 1ms), use("just", kNoon)}));

  EXPECT_THAT(configurations_since(kNoon), testing::ElementsAre("just", "late"));
}

TEST_P(StateStoreContract, TellsCredentialsApart) {
  auto other = use("a", kNoon);
  other.credential = model::CredentialName{"other"};
  ASSERT_TRUE(store().record_uses({use("a", kNoon - 1h), other}));

  EXPECT_EQ(store().uses_since(kDefault, {}).value().at(0).last_used, kNoon - 1h);
  EXPECT_EQ(store().uses_since(other.credential, {}).value().at(0).last_used, kNoon);
}

TEST_P(StateStoreContract, KeepsTheLatestQuotaLimit) {
  ASSERT_TRUE(store().save_quota_limit({kDefault, 10, 0, {}}));
  ASSERT_TRUE(store().save_quota_limit({kDefault, 50, 51, kNoon + 250ms}));

  const auto limit = store().quota_limit(kDefault).value();

  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->credential, kDefault);
  EXPECT_EQ(limit->largest_accepted, 50);
  EXPECT_EQ(limit->refused_beyond, 51);
  EXPECT_EQ(limit->refused_at, kNoon + 250ms);
}

TEST_P(StateStoreContract, GivesBackAPlanInItsOwnOrder) {
  const model::PlannedQuery first{
      .query = {.types = {model::InstanceType{"m5.large"}, model::InstanceType{"c5.large"}},
                .target_capacity = 50,
                .unit = model::CapacityUnit::MemoryMib,
                .regions = {model::Region{"us-west-2"}, model::Region{"eu-west-1"}},
                .single_zone = false},
      .credential = model::CredentialName{"research"},
      .reason = model::PlanReason::Exploit,
      .value = 1.0 / 3,
      .is_new = false};
  const model::PlannedQuery second{.query = {.types = {model::InstanceType{"a1.large"}},
                                             .target_capacity = 1,
                                             .unit = model::CapacityUnit::Vcpu,
                                             .regions = {model::Region{"us-east-1"}},
                                             .single_zone = true},
                                   .credential = kDefault,
                                   .reason = model::PlanReason::Explore,
                                   .value = 0.0,
                                   .is_new = true};
  const model::DayPlan plan{.day = kDay,
                            .seed = std::numeric_limits<std::uint64_t>::max() - 7,
                            .quota_known = 50,
                            .quota_live = 7,
                            .lower_bound = 2,
                            .queries = {first, second}};
  ASSERT_TRUE(store().save_plan(plan));

  const auto found = store().plan(kDay).value();

  ASSERT_TRUE(found);
  EXPECT_EQ(found->day, kDay);
  EXPECT_EQ(found->seed, plan.seed);
  EXPECT_EQ(found->quota_known, 50);
  EXPECT_EQ(found->quota_live, 7);
  EXPECT_EQ(found->lower_bound, 2);
  ASSERT_EQ(found->queries.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(found->queries[i].query, plan.queries[i].query);
    EXPECT_EQ(found->queries[i].credential, plan.queries[i].credential);
    EXPECT_EQ(found->queries[i].reason, plan.queries[i].reason);
    EXPECT_EQ(found->queries[i].value, plan.queries[i].value);
    EXPECT_EQ(found->queries[i].is_new, plan.queries[i].is_new);
  }
  EXPECT_FALSE(store().plan(kDay + std::chrono::days{1}).value());
}

TEST_P(StateStoreContract, ReplacesADaysPlan) {
  model::DayPlan plan;
  plan.day = kDay;
  plan.queries.resize(3);
  ASSERT_TRUE(store().save_plan(plan));
  plan.queries.resize(1);
  ASSERT_TRUE(store().save_plan(plan));

  EXPECT_EQ(store().plan(kDay).value()->queries.size(), 1U);
}

TEST_P(StateStoreContract, ReplacesADaysScoresAndKeepsTheirOrder) {
  const auto score = [](const std::string& type, double value) {
    return model::DailyScore{.pool = {model::InstanceType{type}, model::Region{"us-east-1"}},
                             .sps_changes = 2,
                             .band_changes = 1,
                             .score = value};
  };
  ASSERT_TRUE(store().save_daily_scores(kDay, {score("x", 9), score("y", 8)}));
  ASSERT_TRUE(
      store().save_daily_scores(kDay, {score("m5.large", 2.0 / 3), score("c5.large", 0.2)}));

  const auto scores = store().daily_scores(kDay).value();

  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].pool.type.text(), "m5.large");
  EXPECT_EQ(scores[0].pool.region.text(), "us-east-1");
  EXPECT_EQ(scores[0].sps_changes, 2);
  EXPECT_EQ(scores[0].band_changes, 1);
  EXPECT_EQ(scores[0].score, 2.0 / 3);
  EXPECT_EQ(scores[1].pool.type.text(), "c5.large");
  EXPECT_THAT(store().daily_scores(kDay - std::chrono::days{1}).value(), testing::IsEmpty());
}

TEST_P(StateStoreContract, ReplacesTheInitialScoresAndKeepsTheirOrder) {
  const auto score = [](const std::string& type, double value) {
    return model::InitialScore{.pool = {model::InstanceType{type}, model::Region{"us-east-1"}},
                               .sps_cov = 0.1,
                               .if_cov = value,
                               .score = 0.1 * value};
  };
  ASSERT_TRUE(store().save_initial_scores({score("x", 9), score("y", 8), score("z", 7)}));
  ASSERT_TRUE(store().save_initial_scores({score("m5.large", 0.7), score("c5.large", 0.3)}));

  const auto scores = store().initial_scores().value();

  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].pool.type.text(), "m5.large");
  EXPECT_EQ(scores[0].sps_cov, 0.1);
  EXPECT_EQ(scores[0].if_cov, 0.7);
  EXPECT_EQ(scores[0].score, 0.1 * 0.7);
  EXPECT_EQ(scores[1].pool.type.text(), "c5.large");
}

TEST_P(StateStoreContract, CommitsACycleWithItsFile) {
  auto with_file = cycle(kNoon);
  with_file.file = file("day=2026-08-01/cycle-120000.parquet");
  ASSERT_TRUE(store().commit_cycle(with_file));
  ASSERT_TRUE(store().commit_cycle(cycle(kNoon + 10min)));

  EXPECT_EQ(store().latest_cycle().value(), kNoon + 10min);
  EXPECT_THAT(store().files().value(), testing::ElementsAre(*with_file.file));
}

TEST_P(StateStoreContract, CountsACycleCommittedTwiceOnceAsItWasTheSecondTime) {
  using model::Outcome;
  ASSERT_TRUE(store().commit_cycle(
      cycle(kNoon, {outcome("sps", Outcome::Ok), outcome("sps", Outcome::Ok)})));
  auto again = cycle(kNoon, {outcome("sps", Outcome::Refused)});
  again.file = file("day=2026-08-01/cycle-120000.parquet");
  ASSERT_TRUE(store().commit_cycle(again));
  ASSERT_TRUE(store().commit_cycle(again));

  EXPECT_EQ(store().cycles({}, TimePoint::max()).value().size(), 1U);
  EXPECT_EQ(store().files().value().size(), 1U);
  const auto counts = store().outcome_counts({}, TimePoint::max()).value();
  EXPECT_EQ(std::pair(counts.at(0).outcome, counts.at(0).count), std::pair(Outcome::Refused, 1UL));
}

TEST_P(StateStoreContract, FindsCyclesOfAHalfOpenTimeRange) {
  for (const auto at : {kNoon + 20min, kNoon, kNoon + 10min}) {
    ASSERT_TRUE(store().commit_cycle(cycle(at)));
  }

  EXPECT_THAT(store().cycles(kNoon, kNoon + 20min).value(),
              testing::ElementsAre(kNoon, kNoon + 10min));
}

TEST_P(StateStoreContract, CountsOutcomesOfAHalfOpenTimeRangeBySourceAndKind) {
  using model::Outcome;
  ASSERT_TRUE(store().commit_cycle(
      cycle(kNoon, {outcome("sps", Outcome::Refused), outcome("sps", Outcome::Ok),
                    outcome("advisor", Outcome::Error)})));
  ASSERT_TRUE(store().commit_cycle(cycle(kNoon + 10min, {outcome("sps", Outcome::Ok)})));
  ASSERT_TRUE(store().commit_cycle(cycle(kNoon + 20min, {outcome("sps", Outcome::Throttled)})));

  const auto counts = store().outcome_counts(kNoon, kNoon + 20min).value();

  std::vector<std::string> lines;
  for (const auto& one : counts) {
    lines.push_back(fmt::format("{} {} {}", one.source, to_text(one.outcome), one.count));
  }
  EXPECT_THAT(lines, testing::ElementsAre("advisor error 1", "sps ok 2", "sps refused 1"));
}

TEST_P(StateStoreContract, CommitsImportedSnapshotsAsCyclesWithTheirFiles) {
  const ImportedSnapshot first{
      .taken = kNoon, .path = "a.csv", .rows = 7, .pools = 6, .changes = 5, .is_whole = false};
  const ImportedSnapshot second{.taken = kNoon + 10min, .path = "b.csv", .rows = 8};
  const auto day = file("day=2026-08-01/day.parquet");

  ASSERT_TRUE(store().commit_import({.snapshots = {first, second}, .files = {day}}));

  EXPECT_THAT(store().imported_snapshots(kNoon, kNoon + 10min).value(),
              testing::ElementsAre(first));
  EXPECT_THAT(store().imported_snapshots({}, TimePoint::max()).value(),
              testing::ElementsAre(first, second));
  EXPECT_EQ(store().latest_cycle().value(), kNoon + 10min);
  EXPECT_THAT(store().cycles({}, TimePoint::max()).value(),
              testing::ElementsAre(kNoon, kNoon + 10min));
  EXPECT_THAT(store().files().value(), testing::ElementsAre(day));
}

TEST_P(StateStoreContract, ImportsNoSnapshotWhereThereIsACycle) {
  ASSERT_TRUE(store().commit_cycle(cycle(kNoon)));

  const auto done = store().commit_import(
      {.snapshots = {{.taken = kNoon - 10min, .path = "a.csv"}, {.taken = kNoon, .path = "b.csv"}},
       .files = {file("day=2026-08-01/day.parquet")}});

  EXPECT_EQ(done.error().kind, ErrorKind::Storage);
  EXPECT_THAT(store().imported_snapshots({}, TimePoint::max()).value(), testing::IsEmpty());
  EXPECT_THAT(store().cycles({}, TimePoint::max()).value(), testing::ElementsAre(kNoon));
  EXPECT_THAT(store().files().value(), testing::IsEmpty());
}

TEST_P(StateStoreContract, ReplacesFilesByWhatTheyWereMergedInto) {
  for (const auto minutes : {0, 10, 20}) {
    auto record = cycle(kNoon + std::chrono::minutes{minutes});
    record.file = file(fmt::format("day=2026-08-01/{}.parquet", minutes));
    ASSERT_TRUE(store().commit_cycle(record));
  }

  ASSERT_TRUE(
      store().replace_files({file("day=2026-08-01/0.parquet"), file("day=2026-08-01/10.parquet")},
                            {file("day=2026-08-01/day.parquet")}));

  EXPECT_THAT(paths(),
              testing::ElementsAre("day=2026-08-01/20.parquet", "day=2026-08-01/day.parquet"));
  EXPECT_EQ(store().cycles(kNoon, kNoon + 1h).value().size(), 3U);
}

TEST_P(StateStoreContract, RemembersTheFilesThatWereGivenUp) {
  for (const auto* path : {"a.parquet", "b.parquet", "c.parquet"}) {
    auto record = cycle(kNoon);
    record.file = file(path);
    ASSERT_TRUE(store().commit_cycle(record));
  }
  const std::vector<LostFile> lost{{file("a.parquet"), kNoon + 1h, "is missing"},
                                   {file("c.parquet"), kNoon + 1h, "is damaged"}};

  ASSERT_TRUE(store().give_up_files(lost));

  EXPECT_THAT(paths(), testing::ElementsAre("b.parquet"));
  EXPECT_EQ(store().lost_files().value(), lost);
}

TEST_P(StateStoreContract, GivesUpNoFileWhereOneIsNotListed) {
  auto record = cycle(kNoon);
  record.file = file("a.parquet");
  ASSERT_TRUE(store().commit_cycle(record));

  EXPECT_FALSE(
      store().give_up_files({{file("a.parquet"), kNoon, ""}, {file("b.parquet"), kNoon, ""}}));

  EXPECT_THAT(paths(), testing::ElementsAre("a.parquet"));
  EXPECT_THAT(store().lost_files().value(), testing::IsEmpty());
}

TEST_P(StateStoreContract, KeepsTheLatestNoteByteForByte) {
  const std::string odd =
      std::string{"line\n\0'\"\xc3\xa9", 9} + "\\x00 \\\\ \xff \xed\xa0\x80 \xc3";
  ASSERT_TRUE(store().save_note("advisor", "old"));
  ASSERT_TRUE(store().save_note("advisor", odd));
  ASSERT_TRUE(store().save_note("empty", ""));

  EXPECT_EQ(store().note("advisor").value(), odd);
  EXPECT_EQ(store().note("empty").value(), "");
}

}  // namespace spotvane::support
