#include "adapters/sql/sqlite_state.hpp"

#include "adapters/sql/migrations.hpp"
#include "adapters/sql/sqlite_database.hpp"
#include "support/moments.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <fstream>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class SqliteStateStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<SqlStateStore>> open() { return open_sqlite_state(file(), 0ms); }

  Error refusal() {
    auto opened = open();
    EXPECT_FALSE(opened);
    return opened ? Error{ErrorKind::Storage, "it opened"} : opened.error();
  }

  std::filesystem::path file() { return home_ / "deeper/state.db"; }
  SqliteDatabase raw() {
    std::filesystem::create_directories(file().parent_path());
    return SqliteDatabase::open(file(), 0ms).value();
  }
  const support::ScratchFolder& home() { return home_; }

 private:
  support::ScratchFolder home_;
};

TEST_F(SqliteStateStoreTest, RemembersEverythingAfterARestart) {
  {
    auto store = open().value();
    CycleRecord record;
    record.cycle = kNoon;
    record.outcomes = {{kNoon, "sps", "key", model::Outcome::NoScore, "nothing"}};
    record.file = LakeFile{"day=2026-08-01/a.parquet", "ab", 1, 2, kNoon, kNoon};
    ASSERT_TRUE(store->commit_cycle(record));
    ASSERT_TRUE(store->save_note("advisor", "etag"));
  }

  auto store = open().value();

  EXPECT_EQ(store->latest_cycle().value(), kNoon);
  EXPECT_EQ(store->files().value().size(), 1U);
  EXPECT_EQ(store->outcome_counts(kNoon, kNoon + 1ms).value().at(0).outcome,
            model::Outcome::NoScore);
  EXPECT_EQ(store->note("advisor").value(), "etag");
}

TEST_F(SqliteStateStoreTest, AFailedCommitHasNoEffectAtAll) {
  auto store = open().value();
  auto other = raw();
  ASSERT_TRUE(
      other.execute("create trigger no_outcomes before insert on source_outcome"
                    " begin select raise(abort, 'not today'); end"));
  CycleRecord record;
  record.cycle = kNoon;
  record.file = LakeFile{"day=2026-08-01/a.parquet", "ab", 1, 2, kNoon, kNoon};
  record.outcomes = {{kNoon, "sps", "key", model::Outcome::Ok, ""}};

  const auto committed = store->commit_cycle(record);

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::Storage);
  EXPECT_THAT(committed.error().message, HasSubstr("not today"));
  EXPECT_FALSE(store->latest_cycle().value());
  EXPECT_TRUE(store->files().value().empty());
  ASSERT_TRUE(other.execute("drop trigger no_outcomes"));
  EXPECT_TRUE(store->commit_cycle(record)) << "it goes on afterwards";
}

TEST_F(SqliteStateStoreTest, ReplacesNoFilesWhereOneIsGoneAlready) {
  auto store = open().value();
  CycleRecord record;
  record.cycle = kNoon;
  record.file = LakeFile{"a.parquet", "ab", 1, 2, kNoon, kNoon};
  ASSERT_TRUE(store->commit_cycle(record));

  const auto replaced =
      store->replace_files({*record.file, LakeFile{"b.parquet", "", 0, 0, {}, {}}},
                           {LakeFile{"day.parquet", "", 0, 0, {}, {}}});

  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().message, "archive file 'b.parquet' has been replaced already");
  EXPECT_THAT(store->files().value(), testing::ElementsAre(*record.file));
}

TEST_F(SqliteStateStoreTest, ReadersSeeTheLastCommitWhileAWriterIsBusy) {
  auto store = open().value();
  ASSERT_TRUE(store->save_note("n", "1"));
  auto writer = raw();
  ASSERT_TRUE(writer.execute("begin immediate; update note set value = '2'"));

  EXPECT_EQ(store->note("n").value(), "1");
  const auto refused = store->save_note("n", "3");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Storage);
  EXPECT_EQ(refused.error().message,
            fmt::format("state database '{}' is in use by another process", file().native()));
  ASSERT_TRUE(writer.execute("commit"));
  EXPECT_EQ(store->note("n").value(), "2");
}

// What can be wrong with the file.

TEST_F(SqliteStateStoreTest, RefusesADatabaseNewerThanTheProgram) {
  open().value();
  const auto newer = migrations().size() + 1;
  ASSERT_TRUE(raw().execute(fmt::format("pragma user_version = {}", newer)));

  const auto error = refusal();

  EXPECT_EQ(error.kind, ErrorKind::Storage);
  EXPECT_EQ(error.message,
            fmt::format("'{}' was made by a newer spotvane (schema {}, this program knows {})",
                        file().native(), newer, migrations().size()));
  EXPECT_FALSE(error.hint.empty());
}

TEST_F(SqliteStateStoreTest, RefusesAnotherProgramsDatabase) {
  ASSERT_TRUE(raw().execute("create table bookmarks (url text)"));

  EXPECT_THAT(refusal().message, HasSubstr("is another program's database"));
}

TEST_F(SqliteStateStoreTest, RefusesAFileThatIsNoDatabase) {
  std::filesystem::create_directories(file().parent_path());
  std::ofstream{file()} << std::string(5000, 'x');

  EXPECT_THAT(refusal().message, HasSubstr("is not a database"));
}

TEST_F(SqliteStateStoreTest, NamesADamagedFile) {
  open().value();
  const auto size = std::filesystem::file_size(file());
  std::fstream bytes{file(), std::ios::in | std::ios::out | std::ios::binary};
  bytes.seekp(100);
  bytes << std::string(size - 100, '\xee');
  bytes.close();

  const auto error = refusal();

  EXPECT_EQ(error.kind, ErrorKind::Corrupt);
  EXPECT_THAT(error.message, AllOf(HasSubstr(file().native()), HasSubstr("is damaged")));
}

TEST_F(SqliteStateStoreTest, SaysSoWhereAFolderIsInItsPlace) {
  std::filesystem::create_directories(file());

  EXPECT_EQ(refusal().message,
            fmt::format("state database '{}' cannot be opened", file().native()));
}

TEST_F(SqliteStateStoreTest, SaysSoWhereItsFolderCannotBeMade) {
  std::ofstream{home() / "deeper"} << "a file";

  const auto error = refusal();

  EXPECT_EQ(error.kind, ErrorKind::Storage);
  EXPECT_THAT(error.message, HasSubstr("cannot create folder"));
  EXPECT_THAT(error.hint, HasSubstr("--home"));
}

TEST_F(SqliteStateStoreTest, AFullDiskLosesNothingThatWasThere) {
  auto store = open().value();
  ASSERT_TRUE(store->save_note("small", "kept"));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{std::filesystem::file_size(file()), before.rlim_max};
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);

  const auto saved = store->save_note("large", std::string(4U << 20U, 'x'));

  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, ErrorKind::Storage);
  EXPECT_THAT(saved.error().hint, HasSubstr("disk"));
  EXPECT_EQ(store->note("small").value(), "kept");
  EXPECT_FALSE(store->note("large").value());
  EXPECT_TRUE(store->save_note("large", "now"));
}

// Migrations.

constexpr std::array kSteps{
    Migration{"0001-first", "create table pool (type text); insert into pool values ('m5.large')"},
    Migration{"0002-zone", "alter table pool add column zone text not null default '?'"},
};

class MigrationTest : public SqliteStateStoreTest {
 protected:
  std::string pool(SqliteDatabase& database) {
    return database
        .first<std::string>("select type || ' ' || zone from pool",
                            [](const SqlStatement& row) { return row.text(0); })
        .value()
        .value();
  }
};

TEST_F(MigrationTest, TakesANewDatabaseThroughEveryStep) {
  auto database = raw();

  ASSERT_TRUE(migrate(database, kSteps));

  EXPECT_EQ(pool(database), "m5.large ?");
}

TEST_F(MigrationTest, TakesAnOlderDatabaseOnFromWhereItIs) {
  auto database = raw();
  ASSERT_TRUE(migrate(database, std::span{kSteps}.first(1)));
  ASSERT_TRUE(database.execute("update pool set type = 'c5.large'"));

  ASSERT_TRUE(migrate(database, kSteps));
  ASSERT_TRUE(migrate(database, kSteps));

  EXPECT_EQ(pool(database), "c5.large ?");
}

TEST_F(MigrationTest, KeepsTheLedgerOfBeforeItHadOutcomes) {
  const auto steps = migrations();
  const auto step = std::find_if(steps.begin(), steps.end(), [](const Migration& one) {
    return one.name.ends_with("ledger-outcomes");
  });
  {
    auto database = raw();
    ASSERT_TRUE(migrate(database, steps.first(static_cast<std::size_t>(step - steps.begin()))));
    ASSERT_TRUE(
        database.execute("insert into quota_use values ('default', 'a', 1, 2, 1),"
                         " ('default', 'b', 3, 4, 0)"));
  }

  const auto uses = open().value()->uses_since(model::CredentialName{"default"}, {}).value();

  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].outcome, model::Outcome::Refused);
  EXPECT_EQ(uses[1].configuration, "b");
  EXPECT_EQ(uses[1].first_used, TimePoint{3ms});
  EXPECT_EQ(uses[1].last_used, TimePoint{4ms});
  EXPECT_FALSE(uses[1].outcome);
}

TEST_F(MigrationTest, AFailingStepLeavesTheOldSchemaWhole) {
  constexpr std::array kBroken{kSteps[0], kSteps[1],
                               Migration{"0003-broken", "drop table nowhere"}};
  auto database = raw();
  ASSERT_TRUE(migrate(database, std::span{kSteps}.first(1)));

  const auto migrated = migrate(database, kBroken);

  ASSERT_FALSE(migrated);
  EXPECT_THAT(migrated.error().message,
              AllOf(HasSubstr("migration '0003-broken'"), HasSubstr("no such table: nowhere")));
  EXPECT_FALSE(database.prepare("select zone from pool"));
  EXPECT_TRUE(migrate(database, kSteps)) << "it goes on from the old one";
}

TEST_F(MigrationTest, WaitsForAnotherProcessThatIsMigrating) {
  auto database = raw();
  auto other = raw();
  ASSERT_TRUE(other.execute("begin immediate"));

  const auto migrated = migrate(database, kSteps);

  ASSERT_FALSE(migrated) << "it was told to wait for no time at all";
  EXPECT_THAT(migrated.error().message, HasSubstr("in use by another process"));
}

}  // namespace
}  // namespace spotvane::adapters
