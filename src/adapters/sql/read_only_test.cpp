#include "adapters/sql/migrations.hpp"
#include "adapters/sql/sqlite_database.hpp"
#include "adapters/sql/sqlite_state.hpp"
#include "support/bound_by_permissions.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;
constexpr auto kAnyWrite =
    fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;

/// A home with a database that knows "a" to be "b"; its folder's name would mean something in a
/// URI.
class ReadOnlyDatabase : public testing::Test {
 protected:
  ReadOnlyDatabase() {
    fs::create_directory(folder());
    EXPECT_TRUE(write("a", "b"));
  }
  ~ReadOnlyDatabase() override { fs::permissions(folder(), fs::perms::owner_all); }

  fs::path folder() const { return scratch_ / "50%25 #1?x"; }
  const support::ScratchFolder& scratch() const { return scratch_; }
  fs::path file() const { return folder() / "state.db"; }

  Result<void> write(const std::string& name, const std::string& value) {
    return open_sqlite_state(file(), 0ms).and_then([&](const auto& store) {
      return store->save_note(name, value);
    });
  }

  Result<std::optional<std::string>> read(const std::string& name) {
    return open_sqlite_state_to_read(file(), 0ms).and_then([&](const auto& store) {
      return store->note(name);
    });
  }

  void forbid_writing() {
    fs::permissions(file(), kAnyWrite, fs::perm_options::remove);
    fs::permissions(folder(), kAnyWrite, fs::perm_options::remove);
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder()}) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  support::ScratchFolder scratch_;
  support::BoundByPermissions bound_;
};

TEST_F(ReadOnlyDatabase, IsReadWhereNothingCanBeWritten) {
  forbid_writing();

  EXPECT_EQ(read("a").value(), "b");
  EXPECT_THAT(files(), ElementsAre("state.db"));
}

TEST_F(ReadOnlyDatabase, IsReadWithoutATraceWhereOnlyTheFileCannotBeWritten) {
  fs::permissions(file(), kAnyWrite, fs::perm_options::remove);

  EXPECT_EQ(read("a").value(), "b");
  EXPECT_THAT(files(), ElementsAre("state.db"));
}

TEST_F(ReadOnlyDatabase, IsReadWithoutATraceWhereItCanBeWritten) {
  EXPECT_EQ(read("a").value(), "b");
  EXPECT_THAT(files(), ElementsAre("state.db"));
}

TEST_F(ReadOnlyDatabase, ShowsWhatAWriterHasJustCommitted) {
  const auto writer = open_sqlite_state(file(), 0ms).value();
  ASSERT_TRUE(writer->save_note("a", "c"));
  forbid_writing();

  EXPECT_EQ(read("a").value(), "c");
}

TEST_F(ReadOnlyDatabase, IsNotReadAsItWasBeforeTheLastCommits) {
  const auto writer = open_sqlite_state(file(), 0ms).value();
  ASSERT_TRUE(writer->save_note("a", "c"));
  const auto copy = scratch() / "copy";
  fs::create_directory(copy);
  fs::copy(file(), copy / "state.db");
  fs::copy(file().native() + "-wal", copy / "state.db-wal");
  fs::permissions(copy, kAnyWrite, fs::perm_options::remove);

  const auto store = open_sqlite_state_to_read(copy / "state.db", 0ms);
  fs::permissions(copy, fs::perms::owner_all);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::Storage);
  EXPECT_THAT(store.error().message, HasSubstr("state.db-wal"));
}

TEST_F(ReadOnlyDatabase, RefusesToBeWritten) {
  EXPECT_FALSE(open_sqlite_state_to_read(file(), 0ms).value()->save_note("a", "c"));
  forbid_writing();

  const auto written = write("a", "c");

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Storage);
  EXPECT_THAT(written.error().message, HasSubstr("cannot be written"));
  EXPECT_THAT(written.error().hint, HasSubstr("--home"));
}

TEST_F(ReadOnlyDatabase, IsNotMadeWhereItIsMissing) {
  fs::remove(file());

  EXPECT_FALSE(read("a"));
  EXPECT_THAT(files(), ElementsAre());
}

TEST_F(ReadOnlyDatabase, OfAnOlderProgramIsLeftAsItIs) {
  ASSERT_TRUE(SqliteDatabase::open(file(), 0ms)->execute("pragma user_version = 0"));

  const auto refused = read("a");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Storage);
  EXPECT_THAT(refused.error().message, HasSubstr("made by an older spotvane (schema 0"));
  EXPECT_THAT(refused.error().hint, HasSubstr("a command that writes"));
}

}  // namespace
}  // namespace spotvane::adapters
