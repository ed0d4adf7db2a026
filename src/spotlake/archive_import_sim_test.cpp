#include "spotlake/archive_import.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "base/random.hpp"
#include "market/market_archive.hpp"
#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "spotlake/archive_verify.hpp"
#include "spotlake/memory_files.hpp"
#include "support/seeds.hpp"

namespace spotvane::spotlake {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kMidnight = std::chrono::sys_days{std::chrono::year{2024} / 11 / 1};

std::string path_of(TimePoint time) {
  const auto iso = to_iso8601(time);
  return fmt::format("{}/{}/{}/{}-{}-{}.csv", iso.substr(0, 4), iso.substr(5, 2), iso.substr(8, 2),
                     iso.substr(11, 2), iso.substr(14, 2), iso.substr(17, 2));
}

/// "m5.large 3" stands for a row of that type and score.
std::string csv(const std::vector<std::string>& rows) {
  std::string text = "InstanceType,Region,AZ,SPS,IF,SpotPrice\n";
  for (const auto& row : rows) {
    const auto space = row.find(' ');
    text += fmt::format("{},us-east-1,use1-az1,{},3.0,0.5\n", row.substr(0, space),
                        row.substr(space + 1));
  }
  return text;
}

/// A home and an archive of snapshots, ten minutes apart from `kMidnight`.
struct Workplace {
  explicit Workplace(const std::vector<std::string>& texts = {}) {
    for (const auto& text : texts) {
      snapshots.contents.emplace(path_of(kMidnight + 10min * snapshots.contents.size()), text);
    }
  }

  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  Result<ImportSummary> import(ImportOptions options = {.threads = 2}) {
    damage.clear();
    auto list = list_snapshots(snapshots, "root");
    EXPECT_TRUE(list);
    return import_archive(snapshots, *list, state, lake, options,
                          {.on_damage = [&](const Damage& one) { damage.push_back(to_text(one)); },
                           .go_on = [](const ScanProgress&) { return true; }});
  }

  VerifySummary verify() {
    differences.clear();
    damage.clear();
    auto done = verify_archive(
        snapshots, *list_snapshots(snapshots, "root"), state, lake, 2,
        {.on_difference =
             [&](const Difference& one) {
               differences.push_back(fmt::format("{} {} {} '{}' '{}'", one.file, one.pool.type,
                                                 one.column, one.source, one.archive));
             },
         .on_damage = [&](const Damage& one) { damage.push_back(to_text(one)); },
         .go_on = [](const ScanProgress&) { return true; }});
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }

  std::vector<model::MarketChange> archive() {
    return *lake.changes(*state.files(), TimePoint::min(), TimePoint::max());
  }

  /// "00:10 m5.large 3", "00:20 m5.large ceased".
  std::vector<std::string> rows() {
    std::vector<std::string> found;
    for (const auto& row : archive()) {
      found.push_back(
          fmt::format("{} {} {}", to_iso8601(row.at).substr(11, 5), row.pool.type,
                      row.has_ceased ? "ceased" : fmt::format("{}", row.state.sps.value_or(-1))));
    }
    return found;
  }

  sim::CrashPoint crash;
  sim::MemoryStateStore state{&crash};
  sim::MemoryLake lake{&crash};
  MemoryFiles snapshots{{}, 64};
  std::vector<std::string> damage;
  std::vector<std::string> differences;
};

/// Snapshots over several days of pools that come, go, change, in any order, some damaged.
void fill_at_random(Workplace& place, std::uint64_t seed) {
  Random random{seed};
  std::map<std::string, int> pools;
  for (int i = 0; i < 16; ++i) {
    for (int pool = 0; pool < 12; ++pool) {
      const auto name = fmt::format("t{}.large", pool);
      if (random.chance(0.1)) {
        pools.erase(name);
      } else if (random.chance(0.2)) {
        pools[name] = static_cast<int>(random.below(5)) - 1;
      }
    }
    pools["t0.large"] = 3;  // never none at all
    std::vector<std::string> rows;
    for (const auto& [name, score] : pools) {
      rows.push_back(fmt::format("{} {}", name, score));
    }
    std::rotate(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(random.below(rows.size())),
                rows.end());
    if (random.chance(0.15)) {
      rows.resize(random.below(rows.size() + 1));
      rows.push_back("broken x");
    }
    place.snapshots.contents.emplace(path_of(kMidnight + i * 200min), csv(rows));
  }
}

/// One filled so.
struct RandomWorkplace : Workplace {
  explicit RandomWorkplace(std::uint64_t seed) { fill_at_random(*this, seed); }
};

TEST(ArchiveImport, WritesRowsOfWhatDiffersAndOfPoolsThatCeased) {
  Workplace place{{csv({"a.large 3", "b.large 2"}), csv({"b.large 2", "a.large 1"}),
                   csv({"b.large 2", "a.large 1"}), csv({"a.large 1"}),
                   csv({"b.large 2", "a.large 1"})}};

  const auto done = place.import();

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(place.rows(), ElementsAre("00:00 a.large 3", "00:00 b.large 2", "00:10 a.large 1",
                                        "00:30 b.large ceased", "00:40 b.large 2"));
  EXPECT_EQ(done->snapshots, 5U);
  EXPECT_EQ(done->rows, 9U);
  EXPECT_EQ(done->changes, 5U);
  EXPECT_EQ(done->files, 1U);
  EXPECT_EQ(place.state.latest_cycle()->value(), kMidnight + 40min);
}

TEST(ArchiveImport, AddsNothingASecondTimeAndGoesOnWhereSnapshotsWereAdded) {
  Workplace place{{csv({"a.large 3"}), csv({"a.large 2"})}};
  ASSERT_TRUE(place.import());

  const auto again = place.import();
  EXPECT_EQ(again->snapshots, 0U);
  EXPECT_EQ(again->known_snapshots, 2U);
  EXPECT_EQ(place.archive().size(), 2U);

  place.snapshots.contents.emplace(path_of(kMidnight + 20min), csv({"a.large 2", "b.large 1"}));
  EXPECT_EQ(place.import()->changes, 1U);
  EXPECT_THAT(place.rows(), ElementsAre("00:00 a.large 3", "00:10 a.large 2", "00:20 b.large 1"));
}

TEST(ArchiveImport, RefusesHistoryThatIsNotLaterThanTheHomes) {
  Workplace place{{csv({"a.large 3"})}};
  ASSERT_TRUE(place.import());
  place.snapshots.contents.emplace(path_of(kMidnight - 10min), csv({"a.large 2"}));

  const auto refused = place.import();

  EXPECT_EQ(refused.error().kind, ErrorKind::InvalidInput);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("'2024/10/31/23-50-00.csv'"));
  EXPECT_EQ(place.archive().size(), 1U);

  Workplace collected{{csv({"a.large 3"})}};
  ASSERT_TRUE(collected.state.commit_cycle({.cycle = kMidnight}));
  EXPECT_EQ(collected.import().error().kind, ErrorKind::InvalidInput);
}

TEST(ArchiveImport, TakesNoPoolForCeasedBecauseItsSnapshotIsDamaged) {
  Workplace place{{csv({"a.large 3", "b.large 3"}), csv({"a.large 2", "b.large x"}), "",
                   "no,header\n1,2\n", csv({"a.large 1"}) + "b.large,us~", csv({}),
                   csv({"a.large 1"})}};

  const auto done = place.import();

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->damaged, 5U);
  EXPECT_THAT(place.rows(), ElementsAre("00:00 a.large 3", "00:00 b.large 3", "00:10 a.large 2",
                                        "00:40 a.large 1", "01:00 b.large ceased"));
  EXPECT_THAT(place.damage,
              ElementsAre("2024/11/01/00-10-00.csv, line 3: SPS 'x' is not a number",
                          "2024/11/01/00-20-00.csv: the file is empty",
                          "2024/11/01/00-30-00.csv, line 1: there is no column 'InstanceType'",
                          "2024/11/01/00-40-00.csv: cut short",
                          "2024/11/01/00-50-00.csv: there are no rows"));
  EXPECT_EQ(place.verify().differences, 0U);
}

TEST(ArchiveImport, CountsTheFirstOfTwoRowsOfAPool) {
  Workplace place{{csv({"a.large 3", "b.large 1", "a.large 2"}), csv({"a.large 3"})}};

  ASSERT_TRUE(place.import());

  EXPECT_THAT(place.rows(),
              ElementsAre("00:00 a.large 3", "00:00 b.large 1", "00:10 b.large ceased"));
  EXPECT_THAT(place.damage, ElementsAre("2024/11/01/00-00-00.csv, line 4: an earlier row is of "
                                        "the same pool"));
}

TEST(ArchiveImport, RefusesDamageWhereItIsToBeStrictBeforeAnythingOfThatDay) {
  Workplace place{{csv({"a.large 3"})}};
  place.snapshots.contents.emplace(path_of(kMidnight + 24h), csv({"a.large 2"}));
  place.snapshots.contents.emplace(path_of(kMidnight + 25h), csv({"a.large x"}));

  const auto refused = place.import({.threads = 1, .is_strict = true});

  EXPECT_EQ(refused.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(place.rows(), ElementsAre("00:00 a.large 3"));
  EXPECT_THAT(place.damage,
              ElementsAre("2024/11/02/01-00-00.csv, line 2: SPS 'x' is not a number"));
}

TEST(ArchiveImport, SplitsADayOfTooManyChangesIntoFiles) {
  RandomWorkplace place{1};
  RandomWorkplace whole{1};

  ASSERT_TRUE(place.import({.threads = 2, .changes_in_a_file = 5}));
  ASSERT_TRUE(whole.import());

  EXPECT_GT(place.state.files()->size(), whole.state.files()->size());
  EXPECT_EQ(place.archive(), whole.archive());
}

TEST(ArchiveImport, LeavesOutWhatHasNoPlaceInTime) {
  Workplace place{{csv({"a.large 3"})}};
  place.snapshots.contents.emplace("aws/aws-2024-11/01/00-00-00.csv", csv({"a.large 2"}));
  place.snapshots.contents.emplace("00-00-00.csv", csv({"a.large 1"}));

  EXPECT_EQ(place.import()->snapshots, 1U);
  EXPECT_THAT(place.rows(), ElementsAre("00:00 a.large 3"));
  EXPECT_EQ(place.damage.size(), 2U);
}

TEST(ArchiveVerify, NamesWhatDiffers) {
  Workplace place{{csv({"a.large 3", "b.large 1"}), csv({"a.large 3", "b.large 1"})}};
  ASSERT_TRUE(place.import());
  place.snapshots.contents[path_of(kMidnight + 10min)] = csv({"a.large -1", "c.large 1"});
  place.snapshots.contents[path_of(kMidnight + 20min)] = csv({"a.large 1"});

  const auto done = place.verify();

  EXPECT_EQ(done.snapshots, 2U);
  EXPECT_EQ(done.not_imported, 1U);
  EXPECT_EQ(done.differences, 3U);
  EXPECT_THAT(place.differences,
              ElementsAre("2024/11/01/00-10-00.csv a.large sps '' '3'",
                          "2024/11/01/00-10-00.csv c.large pool 'in the source only' ''",
                          "2024/11/01/00-10-00.csv b.large pool '' 'in the archive only'"));
}

class ArchiveImportSim : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ArchiveImportSim, RebuildsEverySnapshotWhateverTheThreads) {
  SCOPED_TRACE(fmt::format("replay with SPOTVANE_SEED={}", GetParam()));
  RandomWorkplace one{GetParam()};
  RandomWorkplace many{GetParam()};

  ASSERT_TRUE(one.import({.threads = 1}));
  ASSERT_TRUE(many.import({.threads = 4}));

  EXPECT_EQ(one.archive(), many.archive());
  const auto verified = one.verify();
  EXPECT_EQ(verified.snapshots, 16U);
  EXPECT_THAT(one.differences, IsEmpty());
}

TEST_P(ArchiveImportSim, LosesAndDoublesNothingWhereverItCrashes) {
  SCOPED_TRACE(fmt::format("replay with SPOTVANE_SEED={}", GetParam()));
  RandomWorkplace whole{GetParam()};
  ASSERT_TRUE(whole.import());
  const auto expected = whole.archive();
  const ImportOptions options{.threads = 1, .changes_in_a_file = 20};

  bool has_crashed = true;
  std::uint64_t places = 0;
  for (; has_crashed; ++places) {
    SCOPED_TRACE(fmt::format("crash at place {}", places));
    RandomWorkplace place{GetParam()};
    place.crash.arm(places);
    has_crashed = false;
    try {
      ASSERT_TRUE(place.import(options));
    } catch (const sim::Crash&) {
      has_crashed = true;
    }
    place.crash.disarm();

    ASSERT_TRUE(market::recover_archive(place.state, place.lake));
    const auto resumed = place.import(options);
    ASSERT_TRUE(resumed) << resumed.error().message;
    EXPECT_EQ(resumed->snapshots + resumed->known_snapshots, 16U);
    EXPECT_EQ(place.archive(), expected);
    EXPECT_EQ(place.lake.file_count(), place.state.files()->size());
  }
  EXPECT_GT(places, 10U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ArchiveImportSim, testing::ValuesIn(support::seeds()));

}  // namespace
}  // namespace spotvane::spotlake
