#include "adapters/sql/postgres_state.hpp"

#include "adapters/sql/migrations.hpp"
#include "adapters/sql/postgres_database.hpp"
#include "support/cutting_proxy.hpp"
#include "support/moments.hpp"
#include "support/postgres_server.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <thread>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using support::PostgresServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

CycleRecord cycle_with_file() {
  CycleRecord record;
  record.cycle = kNoon;
  record.outcomes = {{kNoon, "sps", "key", model::Outcome::NoScore, "nothing"}};
  record.file = LakeFile{"day=2026-08-01/a.parquet", "ab", 1, 2, kNoon, kNoon};
  return record;
}

class PostgresStateStore : public testing::Test {
 protected:
  void SetUp() override {
    if (server_ == nullptr) {
      GTEST_SKIP() << "no PostgreSQL: Debian's package `postgresql` is not installed";
    }
    address_ = server_->new_database();
  }

  Result<std::unique_ptr<SqlStateStore>> open(PostgresUse use) {
    return open_postgres_state(address_, use);
  }

  Error refusal(PostgresUse use = PostgresUse::Shared) {
    auto opened = open(use);
    return opened ? Error{ErrorKind::Cancelled, "it opened"} : opened.error();
  }

  std::string run(const std::string& sql) {
    return server().run(support::database_of(address_), sql);
  }
  void cut_connections() { server().cut_connections(support::database_of(address_)); }

  PostgresServer& server() { return *server_; }
  const std::string& address() const { return address_; }

 private:
  PostgresServer* server_ = PostgresServer::shared();
  std::string address_;
};

TEST_F(PostgresStateStore, RemembersEverythingAfterTheServerDies) {
  const auto store = open(PostgresUse::Shared).value();
  ASSERT_TRUE(store->commit_cycle(cycle_with_file()));
  ASSERT_TRUE(store->save_note("advisor", "etag"));

  server().stop(true);
  const auto refused = store->save_note("advisor", "newer");
  const auto unread = store->note("advisor");
  server().start();

  EXPECT_EQ(refused.error().kind, ErrorKind::Storage);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be reached"));
  EXPECT_THAT(refused.error().hint, HasSubstr("config check"));
  EXPECT_EQ(unread.error().kind, ErrorKind::Storage);
  EXPECT_EQ(store->note("advisor").value(), "etag");
  EXPECT_EQ(store->latest_cycle().value(), kNoon);
  EXPECT_EQ(store->files().value().size(), 1U);
  EXPECT_TRUE(store->save_note("advisor", "newer"));
}

TEST_F(PostgresStateStore, DoesNotNoticeAServerThatIsStartedAnewBetweenTwoCalls) {
  const auto store = open(PostgresUse::Exclusive).value();

  server().stop(false);
  server().start();
  EXPECT_TRUE(store->commit_cycle(cycle_with_file()));
  cut_connections();
  EXPECT_EQ(store->files().value().size(), 1U);
  cut_connections();
  EXPECT_FALSE(store->plan(day_of(kNoon)).value());
}

TEST_F(PostgresStateStore, AFailedCommitHasNoEffectAtAll) {
  const auto store = open(PostgresUse::Shared).value();
  run("create function refuse() returns trigger language plpgsql as"
      " 'begin raise exception ''not today''; end';"
      "create trigger no_outcomes before insert on spotvane.source_outcome"
      " execute function refuse()");

  const auto committed = store->commit_cycle(cycle_with_file());

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::Storage);
  EXPECT_THAT(committed.error().message, HasSubstr("not today"));
  EXPECT_FALSE(store->latest_cycle().value());
  EXPECT_TRUE(store->files().value().empty());
  run("drop trigger no_outcomes on spotvane.source_outcome");
  EXPECT_TRUE(store->commit_cycle(cycle_with_file())) << "it goes on afterwards";
}

// A commit whose answer does not arrive.

TEST_F(PostgresStateStore, LearnsThatACommitCountedWhoseAnswerWasLost) {
  const support::ScratchFolder folder;
  support::CuttingProxy proxy{folder / ".s.PGSQL.5432", server().socket(), "COMMIT"};
  const auto store = open_postgres_state(server().address(support::database_of(address()),
                                                          "spotvane", folder.path()),
                                         PostgresUse::Exclusive)
                         .value();
  ASSERT_TRUE(store->commit_cycle(cycle_with_file()));
  const auto file = *cycle_with_file().file;

  proxy.arm();
  const auto replaced = store->replace_files({file}, {LakeFile{"day.parquet", "", 1, 1, {}, {}}});

  EXPECT_TRUE(proxy.has_cut());
  EXPECT_TRUE(replaced) << "done twice, it would have missed the file: "
                        << replaced.error().message;
  EXPECT_EQ(store->files().value().at(0).path, "day.parquet");
}

TEST_F(PostgresStateStore, RepeatsACommitThatDidNotCountBecauseTheConnectionBroke) {
  const auto store = open(PostgresUse::Exclusive).value();
  run("create sequence spotvane.tries;"
      "create function break() returns trigger language plpgsql as 'begin"
      " if nextval(''spotvane.tries'') = 1 then perform pg_terminate_backend(pg_backend_pid()); "
      "end if;"
      " return null; end';"
      "create constraint trigger breaks after insert on spotvane.cycle deferrable initially "
      "deferred"
      " for each row execute function break()");

  EXPECT_TRUE(store->commit_cycle(cycle_with_file()));

  EXPECT_EQ(run("select last_value from spotvane.tries"), "2\n");
  EXPECT_EQ(store->files().value().size(), 1U);
}

TEST_F(PostgresStateStore, SaysThatItDoesNotKnowWhereNobodyCanBeAsked) {
  const support::ScratchFolder folder;
  auto proxy = std::make_unique<support::CuttingProxy>(folder / ".s.PGSQL.5432", server().socket(),
                                                       "COMMIT");
  const auto store = open_postgres_state(server().address(support::database_of(address()),
                                                          "spotvane", folder.path()),
                                         PostgresUse::Exclusive)
                         .value();
  std::filesystem::remove(folder / ".s.PGSQL.5432");  // whoever is connected stays so

  proxy->arm();
  const auto committed = store->commit_cycle(cycle_with_file());

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::Storage);
  EXPECT_THAT(committed.error().message, HasSubstr("not known yet"));
}

TEST_F(PostgresStateStore, ForgetsWhatNobodyCanAskForAnyMore) {
  ASSERT_TRUE(open(PostgresUse::Shared).value()->save_note("a", "b"));
  run("update spotvane.last_commit set at = at - interval '8 days'");

  ASSERT_TRUE(open(PostgresUse::Shared).value()->save_note("a", "c"));

  EXPECT_EQ(run("select count(*) from spotvane.last_commit"), "1\n");
}

// Others at the same database.

TEST_F(PostgresStateStore, CountsRightHoweverManyWriteAtTheSameTime) {
  constexpr int kWriters = 4;
  constexpr int kTimes = 20;
  open(PostgresUse::Shared).value();
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      const auto database = PostgresDatabase::open(address(), PostgresUse::Shared).value();
      const auto add_one = [&] {
        return database
            ->first<std::string>("select value from note where name = 'n'",
                                 [](const SqlStatement& row) { return row.text(0); })
            .and_then([&](const std::optional<std::string>& value) {
              return database->run(
                  "insert into note (name, value) values ('n', ?)"
                  " on conflict (name) do update set value = excluded.value",
                  std::string_view{std::to_string(std::stoi(value.value_or("0")) + 1)});
            });
      };
      for (int done = 0; done < kTimes;) {
        done += database->transaction(add_one) ? 1 : 0;
      }
    });
  }
  for (auto& writer : writers) {
    writer.join();
  }

  EXPECT_EQ(open(PostgresUse::ReadOnly).value()->note("n").value(),
            std::to_string(kWriters * kTimes));
}

TEST_F(PostgresStateStore, IsMadeOnceByProgramsThatStartAtTheSameTime) {
  std::vector<std::thread> programs;
  std::array<Result<void>, 4> opened;
  for (auto& one : opened) {
    programs.emplace_back(
        [&] { one = open(PostgresUse::Shared).map([](const auto& /*store*/) {}); });
  }
  for (auto& program : programs) {
    program.join();
  }

  for (const auto& one : opened) {
    EXPECT_TRUE(one) << one.error().message;
  }
  EXPECT_EQ(run("select version from spotvane.schema_version"),
            fmt::format("{}\n", migrations().size()));
}

TEST_F(PostgresStateStore, SaysWhoElseIsExclusive) {
  const auto first = open(PostgresUse::Exclusive).value();
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);

  const auto refused = refusal(PostgresUse::Exclusive);

  EXPECT_EQ(refused.kind, ErrorKind::Busy);
  EXPECT_THAT(refused.message,
              HasSubstr(fmt::format("is in use by process {} on host '{}", getpid(),
                                    std::string{host.data()}.substr(0, 30))));
  EXPECT_TRUE(open(PostgresUse::Shared)) << "others may be at work, too";
  EXPECT_TRUE(open(PostgresUse::ReadOnly));
}

TEST_F(PostgresStateStore, IsFreeAgainWhenTheExclusiveOneIsGone) {
  open(PostgresUse::Exclusive).value();

  EXPECT_EQ(refusal(PostgresUse::Exclusive).message, "it opened");
}

TEST_F(PostgresStateStore, WritesNothingOnceAnotherIsExclusive) {
  const auto first = open(PostgresUse::Exclusive).value();
  cut_connections();
  const auto second = open(PostgresUse::Exclusive).value();

  const auto refused = first->commit_cycle(cycle_with_file());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Busy);
  EXPECT_THAT(refused.error().message, HasSubstr("is in use by process"));
  EXPECT_TRUE(second->files().value().empty());
}

// What can be wrong with the database.

TEST_F(PostgresStateStore, RefusesADatabaseNewerThanTheProgram) {
  open(PostgresUse::Shared).value();
  run("update spotvane.schema_version set version = 9999");

  const auto error = refusal();

  EXPECT_EQ(error.kind, ErrorKind::Storage);
  EXPECT_THAT(error.message, HasSubstr("was made by a newer spotvane (schema 9999, this program"));
  EXPECT_THAT(error.hint, HasSubstr("--state"));
  EXPECT_THAT(refusal(PostgresUse::ReadOnly).message, HasSubstr("was made by a newer spotvane"));
}

TEST_F(PostgresStateStore, RefusesAnotherProgramsSchema) {
  run("create schema spotvane; create table spotvane.bookmarks (url text)");

  EXPECT_THAT(refusal().message, HasSubstr("that is another program's"));
}

TEST_F(PostgresStateStore, LeavesAnotherProgramsTablesAlone) {
  run("create table plan (url text); create table note (url text)");

  EXPECT_TRUE(open(PostgresUse::Shared));
}

TEST_F(PostgresStateStore, IsNotMadeByWhoOnlyReads) {
  EXPECT_EQ(refusal(PostgresUse::ReadOnly).kind, ErrorKind::NotFound);
  EXPECT_EQ(run("select count(*) from pg_namespace where nspname = 'spotvane'"), "0\n");
}

TEST_F(PostgresStateStore, RefusesToBeWrittenByWhoOnlyReads) {
  open(PostgresUse::Shared).value();
  const auto store = open(PostgresUse::ReadOnly).value();

  EXPECT_THAT(store->save_note("a", "b").error().message, HasSubstr("cannot be written"));
  EXPECT_TRUE(store->can_be_written()) << "by who opens it for that";
}

TEST_F(PostgresStateStore, CanBeReadByWhoMayOnlyRead) {
  open(PostgresUse::Shared).value();
  run("drop role if exists reader; create role reader login; grant usage on schema spotvane to "
      "reader;"
      "grant select on all tables in schema spotvane to reader");
  const auto as_reader = server().address(support::database_of(address()), "reader");

  const auto store = open_postgres_state(as_reader, PostgresUse::ReadOnly).value();

  EXPECT_TRUE(store->files());
  EXPECT_FALSE(store->can_be_written());
  run("drop owned by reader");
}

TEST_F(PostgresStateStore, RefusesAnEncodingThatCannotHoldEveryLetter) {
  server().run("postgres", "create database latin encoding 'LATIN1' locale 'C' template template0");

  const auto refused = open_postgres_state(server().address("latin"), PostgresUse::Shared);

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("encoding LATIN1"));
}

TEST_F(PostgresStateStore, TellsWhatIsThere) {
  EXPECT_THAT(describe_postgres_state(address()).value(),
              AllOf(HasSubstr("PostgreSQL "), HasSubstr(", empty")));
  open(PostgresUse::Shared).value();
  EXPECT_THAT(describe_postgres_state(address()).value(),
              HasSubstr(fmt::format(", schema {}", migrations().size())));
}

TEST_F(PostgresStateStore, NeverTellsThePassword) {
  const auto host = address().substr(address().find('?'));
  for (const auto& url :
       {"postgresql://nobody:hunter2@/none" + host, "postgresql://nobody:hunter2%zz@/none" + host,
        std::string{"postgresql://u:hunter2@127.0.0.1:1/db"},
        std::string{"postgresql://u:hunter2@/db?host=/nowhere&nonsense=hunter2"},
        std::string{"postgresql://u:hunter2@127.0.0.1:port/db"}}) {
    const auto refused = open_postgres_state(url, PostgresUse::Shared);
    ASSERT_FALSE(refused) << url;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(refused.error().message, HasSubstr(":***@"));
    EXPECT_THAT(refused.error().hint, Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace spotvane::adapters
