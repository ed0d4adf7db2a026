#pragma once

// What any Lake must do. Include in one test file of an adapter, and there:
//   INSTANTIATE_TEST_SUITE_P(MyLake, LakeContract, testing::Values(LakeFactory{&make_my_lake}));

#include "ports/lake.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <memory>

namespace spotvane::support {

using namespace std::chrono_literals;

using LakeFactory = std::function<std::shared_ptr<Lake>()>;

inline constexpr TimePoint kAugust = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

inline model::Pool pool(const std::string& type, const std::string& region,
                        const std::string& zone = {}) {
  return {model::InstanceType{type}, model::Region{region}, model::ZoneId{zone}};
}

/// A change with every member present, distinct by `score`.
inline model::MarketChange full_change(TimePoint at, model::Pool of, std::int16_t score) {
  return {.at = at,
          .pool = std::move(of),
          .has_ceased = false,
          .state = {.sps = score,
                    .t2 = std::int16_t{50},
                    .t3 = std::int16_t{10},
                    .band = std::int16_t{0},
                    .savings = std::int16_t{-7},
                    .spot_price = Money::from_micros(1234567 + score),
                    .on_demand_price = Money::from_micros(98'765'432'100)}};
}

/// A change after which nothing is known of the pool.
inline model::MarketChange bare_change(TimePoint at, model::Pool of) {
  return {.at = at, .pool = std::move(of), .has_ceased = false, .state = {}};
}

inline model::MarketChange ceased_change(TimePoint at, model::Pool of) {
  return {.at = at, .pool = std::move(of), .has_ceased = true, .state = {}};
}

class LakeContract : public testing::TestWithParam<LakeFactory> {
 protected:
  LakeFile stage(const std::string& path, const std::vector<model::MarketChange>& changes) {
    auto file = lake().stage(path, changes);
    EXPECT_TRUE(file) << file.error().message;
    return file.value_or(LakeFile{});
  }

  LakeFile write(const std::string& path, const std::vector<model::MarketChange>& changes) {
    auto file = stage(path, changes);
    const auto published = lake().publish(file);
    EXPECT_TRUE(published) << published.error().message;
    return file;
  }

  std::vector<model::MarketChange> all(const std::vector<LakeFile>& live) {
    auto changes = lake().changes(live, kAugust - 24h * 365, kAugust + 24h * 365);
    EXPECT_TRUE(changes) << changes.error().message;
    return changes.value_or(std::vector<model::MarketChange>{});
  }

  Lake& lake() { return *lake_; }

 private:
  std::shared_ptr<Lake> lake_ = GetParam()();
};

TEST_P(LakeContract, GivesBackEveryRowExactly) {
  const std::vector changes{
      full_change(kAugust, pool("m5.large", "us-east-1", "use1-az4"), 3),
      bare_change(kAugust + 1ms, pool("m5.large", "us-east-1")),
      ceased_change(kAugust + 250ms, pool("x1e.32xlarge", "eu-west-1", "euw1-az1")),
  };

  const auto file = write("day=2026-08-01/cycle-000000.parquet", changes);

  EXPECT_EQ(all({file}), changes);
  EXPECT_EQ(file.path, "day=2026-08-01/cycle-000000.parquet");
  EXPECT_EQ(file.rows, 3U);
  EXPECT_EQ(file.from, kAugust);
  EXPECT_EQ(file.to, kAugust + 250ms);
}

TEST_P(LakeContract, TakesChangesInPieces) {
  const std::vector changes{
      full_change(kAugust, pool("m5.large", "us-east-1", "use1-az4"), 3),
      bare_change(kAugust + 1ms, pool("m5.large", "us-east-1")),
      ceased_change(kAugust + 250ms, pool("x1e.32xlarge", "eu-west-1", "euw1-az1")),
  };
  std::span<const model::MarketChange> left{changes};

  const auto file = lake().stage_in_pieces("day=2026-08-01/day.parquet", [&] {
    const auto piece = left.first(std::min<std::size_t>(2, left.size()));
    left = left.subspan(piece.size());
    return piece;
  });

  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(lake().publish(*file));
  EXPECT_EQ(all({*file}), changes);
  EXPECT_EQ(file->rows, 3U);
  EXPECT_EQ(file->from, kAugust);
  EXPECT_EQ(file->to, kAugust + 250ms);
}

TEST_P(LakeContract, ReadsOnlyTheFilesThatCount) {
  const auto first = write("day=2026-08-01/cycle-000000.parquet",
                           {full_change(kAugust, pool("m5.large", "us-east-1"), 3)});
  const auto second = write("day=2026-08-01/cycle-001000.parquet",
                            {full_change(kAugust + 10min, pool("m5.large", "us-east-1"), 4)});

  EXPECT_EQ(all({}).size(), 0U);
  EXPECT_EQ(all({second}).size(), 1U);
  EXPECT_EQ(all({first, second}).size(), 2U);
}

TEST_P(LakeContract, GivesChangesOfAHalfOpenTimeRangeByTimeThenPool) {
  const auto at = [](int minutes) { return kAugust + std::chrono::minutes{minutes}; };
  const std::vector rows{
      full_change(at(0), pool("b.large", "r1"), 1),
      full_change(at(10), pool("a.large", "r1"), 2),
      full_change(at(10), pool("a.large", "r1", "z1"), 3),
      full_change(at(10), pool("a.large", "r2"), 4),
      full_change(at(10), pool("b.large", "r1"), 5),
      full_change(at(20), pool("a.large", "r1"), 6),
  };
  const auto early = write("day=2026-08-01/a.parquet", {rows[0], rows[3], rows[1]});
  const auto late = write("day=2026-08-01/b.parquet", {rows[4], rows[2], rows[5]});

  const auto changes = lake().changes({late, early}, at(0), at(20));

  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(*changes, (std::vector<model::MarketChange>{rows.begin(), rows.end() - 1}));
}

TEST_P(LakeContract, KnowsEachPoolsLatestRowAtAMoment) {
  const auto zonal = pool("m5.large", "us-east-1", "use1-az4");
  const auto regional = pool("m5.large", "us-east-1");
  const auto first = write("day=2026-08-01/a.parquet",
                           {full_change(kAugust, zonal, 3), full_change(kAugust, regional, 4)});
  const auto second = write("day=2026-08-01/b.parquet", {full_change(kAugust + 10min, zonal, 5)});

  const auto before = lake().state_at({first, second}, kAugust - 1ms);
  const auto between = lake().state_at({first, second}, kAugust + 10min - 1ms);
  const auto after = lake().state_at({first, second}, kAugust + 10min);

  EXPECT_THAT(before.value(), testing::IsEmpty());
  EXPECT_THAT(between.value(), testing::UnorderedElementsAre(full_change(kAugust, zonal, 3),
                                                             full_change(kAugust, regional, 4)));
  EXPECT_THAT(after.value(), testing::UnorderedElementsAre(full_change(kAugust + 10min, zonal, 5),
                                                           full_change(kAugust, regional, 4)));
}

TEST_P(LakeContract, LeavesCeasedPoolsOutOfTheStateUntilTheyAreBack) {
  const auto gone = pool("m5.large", "us-east-1", "use1-az4");
  const auto file = write("day=2026-08-01/a.parquet",
                          {full_change(kAugust, gone, 3), ceased_change(kAugust + 10min, gone),
                           full_change(kAugust + 20min, gone, 7)});

  EXPECT_EQ(lake().state_at({file}, kAugust + 5min).value().size(), 1U);
  EXPECT_EQ(lake().state_at({file}, kAugust + 15min).value().size(), 0U);
  EXPECT_THAT(lake().state_at({file}, kAugust + 24h).value(),
              testing::ElementsAre(full_change(kAugust + 20min, gone, 7)));
}

TEST_P(LakeContract, StagesTheSamePathAnew) {
  const auto path = "day=2026-08-01/a.parquet";
  stage(path, {full_change(kAugust, pool("m5.large", "us-east-1"), 3)});

  const auto file = write(path, {full_change(kAugust, pool("m5.large", "us-east-1"), 9)});

  EXPECT_THAT(all({file}),
              testing::ElementsAre(full_change(kAugust, pool("m5.large", "us-east-1"), 9)));
}

TEST_P(LakeContract, PublishesOnceAndForgivesTheSecondTime) {
  const auto file =
      write("day=2026-08-01/a.parquet", {full_change(kAugust, pool("m5.large", "us-east-1"), 3)});

  EXPECT_TRUE(lake().publish(file));
  EXPECT_EQ(all({file}).size(), 1U);
}

TEST_P(LakeContract, RefusesToPublishWhatWasNeverStaged) {
  LakeFile file;
  file.path = "day=2026-08-01/a.parquet";
  file.bytes = 100;

  const auto published = lake().publish(file);

  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(published.error().message, testing::HasSubstr(file.path));
}

TEST_P(LakeContract, MergesFilesIntoOneWithTheSameRowsInEitherOrder) {
  const auto one =
      write("day=2026-08-01/a.parquet", {full_change(kAugust, pool("b.large", "r"), 1),
                                         full_change(kAugust + 10min, pool("b.large", "r"), 2)});
  const auto two =
      write("day=2026-08-01/b.parquet", {full_change(kAugust, pool("a.large", "r"), 3)});
  const auto before = all({one, two});

  for (const auto order : {RowOrder::ByTime, RowOrder::ByPool}) {
    const auto path = fmt::format("day=2026-08/{}.parquet", static_cast<int>(order));
    auto merged = lake().stage_merged(path, {one, two}, order);
    ASSERT_TRUE(merged) << merged.error().message;
    ASSERT_TRUE(lake().publish(*merged));

    EXPECT_EQ(all({*merged}), before);
    EXPECT_EQ(merged->rows, 3U);
    EXPECT_EQ(merged->from, kAugust);
    EXPECT_EQ(merged->to, kAugust + 10min);
  }
}

TEST_P(LakeContract, KnowsMomentsAndSpansOfAFileSortedByPool) {
  const auto early = pool("b.large", "r", "z1");
  const auto late = pool("a.large", "r", "z1");
  const auto written =
      write("day=2026-08-01/a.parquet",
            {full_change(kAugust, early, 1), full_change(kAugust, late, 2),
             full_change(kAugust + 10min, early, 3), ceased_change(kAugust + 20min, late)});
  auto merged = lake().stage_merged("day=2026-08/month.parquet", {written}, RowOrder::ByPool);
  ASSERT_TRUE(merged) << merged.error().message;
  ASSERT_TRUE(lake().publish(*merged));

  EXPECT_THAT(lake().changes({*merged}, kAugust, kAugust + 20min).value(),
              testing::ElementsAre(full_change(kAugust, late, 2), full_change(kAugust, early, 1),
                                   full_change(kAugust + 10min, early, 3)));
  EXPECT_THAT(lake().state_at({*merged}, kAugust + 10min).value(),
              testing::UnorderedElementsAre(full_change(kAugust, late, 2),
                                            full_change(kAugust + 10min, early, 3)));
  EXPECT_THAT(lake().state_at({*merged}, kAugust + 20min).value(),
              testing::ElementsAre(full_change(kAugust + 10min, early, 3)));
}

TEST_P(LakeContract, GivesTheChangesOfChosenPoolsOnly) {
  const auto zonal = pool("m5.large", "us-east-1", "use1-az4");
  const auto regional = pool("m5.large", "us-east-1");
  const std::vector rows{
      full_change(kAugust, regional, 1),
      full_change(kAugust, zonal, 2),
      full_change(kAugust, pool("m5.large", "eu-west-1", "euw1-az1"), 3),
      full_change(kAugust, pool("m5.xlarge", "us-east-1", "use1-az4"), 4),
      ceased_change(kAugust + 10min, zonal),
      full_change(kAugust + 24h, zonal, 5),
  };
  const auto first = write("day=2026-08-01/a.parquet", {rows.begin(), rows.end() - 1});
  const auto second = write("day=2026-08-02/a.parquet", {rows.back()});
  const auto of = [&](const model::PoolChoice& pools, Duration span) {
    return lake().pool_changes({second, first}, pools, kAugust, kAugust + span).value();
  };
  const model::PoolChoice everywhere{.type = zonal.type};
  const model::PoolChoice in_region{.type = zonal.type, .region = zonal.region};
  const model::PoolChoice in_zone{.type = zonal.type, .region = {}, .zone = zonal.zone};

  EXPECT_THAT(of(in_zone, 48h), testing::ElementsAre(rows[1], rows[4], rows[5]));
  EXPECT_THAT(of(in_zone, 10min), testing::ElementsAre(rows[1]));
  EXPECT_THAT(of(in_region, 24h), testing::ElementsAre(rows[0], rows[1], rows[4]));
  EXPECT_THAT(of(everywhere, 1h), testing::ElementsAre(rows[2], rows[0], rows[1], rows[4]));
  EXPECT_THAT(of({.type = model::InstanceType{"c5.large"}}, 48h), testing::IsEmpty());
}

TEST_P(LakeContract, KnowsTheTypesThereAre) {
  const auto one =
      write("day=2026-08-01/a.parquet", {full_change(kAugust, pool("b.large", "r"), 1),
                                         full_change(kAugust, pool("b.large", "s"), 1),
                                         full_change(kAugust, pool("a.large", "r"), 1)});

  EXPECT_THAT(lake().instance_types({one}).value(),
              testing::ElementsAre(model::InstanceType{"a.large"}, model::InstanceType{"b.large"}));
  EXPECT_THAT(lake().instance_types({}).value(), testing::IsEmpty());
}

TEST_P(LakeContract, NamesAShownFileThatNobodyKnowsAndLeavesItAlone) {
  const auto change = full_change(kAugust, pool("m5.large", "us-east-1"), 3);
  const auto kept = write("day=2026-08-01/a.parquet", {change});
  const auto other = write("day=2026-08-01/b.parquet", {change});
  stage("day=2026-08-01/c.parquet", {change});
  const auto never = [](const std::string& /*path*/) { return false; };

  const auto known = lake().check_known({kept}, never);

  ASSERT_FALSE(known);
  EXPECT_EQ(known.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(known.error().message, testing::HasSubstr(other.path));
  EXPECT_FALSE(lake().sweep({kept}, never));
  EXPECT_EQ(all({kept, other}).size(), 2U);
  EXPECT_TRUE(lake().check_known({kept, other}, never));
}

TEST_P(LakeContract, VerifiesAFileUntilItIsSetAside) {
  const auto change = full_change(kAugust, pool("m5.large", "us-east-1"), 3);
  const auto shown = write("day=2026-08-01/a.parquet", {change});
  const auto waiting = stage("day=2026-08-01/b.parquet", {change});
  const auto never = [](const std::string& /*path*/) { return false; };
  ASSERT_TRUE(lake().verify(shown));

  for (const auto& file : {shown, waiting, shown}) {
    ASSERT_TRUE(lake().set_aside(file));
    const auto verified = lake().verify(file);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().kind, ErrorKind::Corrupt);
  }

  EXPECT_TRUE(lake().check_known({}, never));
  EXPECT_EQ(lake().sweep({}, never).value(), 0U);
  EXPECT_EQ(all({write(shown.path, {change})}).size(), 1U) << "its place is free again";
}

TEST_P(LakeContract, SweepsWhatDoesNotCountAndNothingElse) {
  const auto change = full_change(kAugust, pool("m5.large", "us-east-1"), 3);
  const auto kept = write("day=2026-08-01/a.parquet", {change});
  const auto replaced = write("day=2026-08-01/b.parquet", {change});
  const auto committed = stage("day=2026-08-01/c.parquet", {change});
  stage("day=2026-08-01/d.parquet", {change});

  const auto is_replaced = [&](const std::string& path) { return path == replaced.path; };

  const auto removed = lake().sweep({kept, committed}, is_replaced);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(*removed, 2U);
  EXPECT_EQ(lake().sweep({kept, committed}, is_replaced).value(), 0U);
  EXPECT_TRUE(lake().publish(committed));
  EXPECT_EQ(all({kept, committed}).size(), 2U);
  EXPECT_FALSE(lake().publish(replaced));
}

}  // namespace spotvane::support
