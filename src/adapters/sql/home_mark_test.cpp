#include "adapters/sql/home_mark.hpp"

#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace spotvane::adapters {
namespace {

using testing::HasSubstr;

/// A database and the files it lists.
struct Shared {
  sim::MemoryStateStore state;
  sim::MemoryLake lake;

  Result<void> mark(const std::filesystem::path& home, const std::string& id) {
    return mark_home(home, state, lake, id);
  }
  void add_file() {
    CycleRecord record;
    record.file = LakeFile{"a.parquet", "", 1, 1, {}, {}};
    EXPECT_TRUE(state.commit_cycle(record));
  }
};

TEST(HomeMark, TiesANewHomeToANewDatabase) {
  const support::ScratchFolder folder;
  const auto home = folder / "not/there/yet";
  Shared database;

  ASSERT_TRUE(check_mark(home, database.state)) << "nobody has collected yet";
  ASSERT_TRUE(database.mark(home, "1"));
  database.add_file();

  EXPECT_TRUE(database.mark(home, "2"));
  EXPECT_TRUE(check_mark(home, database.state));
  EXPECT_THAT(check_unmarked(home).error().message, HasSubstr("is in a database elsewhere"));
}

TEST(HomeMark, RefusesAHomeOfAnotherDatabase) {
  const support::ScratchFolder home;
  Shared first;
  Shared second;
  ASSERT_TRUE(first.mark(home.path(), "1"));

  EXPECT_THAT(second.mark(home.path(), "2").error().message,
              HasSubstr("belongs to another state database"));
  EXPECT_FALSE(check_mark(home.path(), second.state));
  EXPECT_TRUE(check_mark(home.path(), first.state));
}

TEST(HomeMark, RefusesAnotherHomeAndSaysWhichItIs) {
  const support::ScratchFolder home;
  const support::ScratchFolder other;
  Shared database;
  ASSERT_TRUE(database.mark(home.path(), "1"));
  database.add_file();

  const auto refused = database.mark(other.path(), "2");

  EXPECT_EQ(refused.error().kind, ErrorKind::Storage);
  EXPECT_THAT(refused.error().message, HasSubstr(":" + home.path().native() + "'"));
  EXPECT_FALSE(check_mark(other.path(), database.state));
}

TEST(HomeMark, LetsAHomeOfNobodysServeWhoLeavesTheArchiveAlone) {
  const support::ScratchFolder home;
  const support::ScratchFolder other;
  const support::ScratchFolder nobodys;
  Shared first;
  Shared second;
  ASSERT_TRUE(first.mark(home.path(), "1"));
  ASSERT_TRUE(second.mark(other.path(), "2"));
  first.add_file();

  EXPECT_TRUE(check_no_others(nobodys.path(), first.state));
  EXPECT_TRUE(check_no_others(home.path(), first.state));
  EXPECT_FALSE(check_no_others(other.path(), first.state));
  std::ofstream{nobodys / "state.db"} << "x";
  EXPECT_FALSE(check_no_others(nobodys.path(), first.state));
}

TEST(HomeMark, RefusesAHomeWithItsOwnDatabase) {
  const support::ScratchFolder home;
  std::ofstream{home / "state.db"} << "x";
  Shared database;

  EXPECT_THAT(database.mark(home.path(), "1").error().message,
              HasSubstr("has a state.db of its own"));
}

TEST(HomeMark, RefusesAnArchiveThatTheDatabaseDoesNotKnow) {
  const support::ScratchFolder home;
  Shared database;
  const auto file = database.lake.stage("day=2026-08-01/a.parquet", {}).value();
  ASSERT_TRUE(database.lake.publish(file));

  EXPECT_EQ(database.mark(home.path(), "1").error().kind, ErrorKind::Corrupt);
  EXPECT_FALSE(database.state.note("home").value());
}

TEST(HomeMark, IsFinishedWhereAStartDiedInBetween) {
  const support::ScratchFolder home;
  Shared database;
  ASSERT_TRUE(database.state.save_note("home", "1\nhost:/elsewhere"));

  ASSERT_TRUE(database.mark(home.path(), "2"));
  EXPECT_TRUE(check_mark(home.path(), database.state));
}

}  // namespace
}  // namespace spotvane::adapters
