#include "adapters/sql/postgres_database.hpp"

#include "adapters/sql/postgres_dialect.hpp"
#include "adapters/sql/postgres_errors.hpp"
#include "adapters/sql/postgres_statement.hpp"

#include <type_traits>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr int kMostAttempts = 20;

/// The driver's own: the schema's version, and each program's latest transaction, by which it
/// learns whether one was committed that it had no answer to.
constexpr const char* kOwnTables =
    "create table if not exists schema_version (version bigint not null);"
    "create table if not exists last_commit (session text not null primary key,"
    " number bigint not null, at timestamptz not null)";

}  // namespace

Result<std::unique_ptr<PostgresDatabase>> PostgresDatabase::open(const std::string& url,
                                                                 PostgresUse use) {
  auto session = PostgresSession::make(url, use);
  if (!session) {
    return tl::unexpected(std::move(session.error()));
  }
  return session->connect().map(
      [&] { return std::unique_ptr<PostgresDatabase>{new PostgresDatabase{std::move(*session)}}; });
}

template <typename T>
Result<T> PostgresDatabase::checked(PostgresResult<T> result) {
  if (!result) {
    failure_ = std::move(result.error());
    if (failure_.is_lost) {
      session_.lose_connection();
    }
    return tl::unexpected(describe_postgres_failure(session_.name(), failure_));
  }
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

tl::unexpected<Error> PostgresDatabase::out_of_reach() const {
  return fail(ErrorKind::Storage, "state database '{}' cannot be reached any more",
              session_.name());
}

Result<PostgresRows> PostgresDatabase::query(const std::string& sql,
                                             const PostgresParameters& parameters) {
  for (bool is_again = false;; is_again = true) {
    if (is_in_transaction_ && session_.connection() == nullptr) {
      return out_of_reach();
    }
    if (auto connected = session_.connect(); !connected) {
      return tl::unexpected(std::move(connected.error()));
    }
    auto rows = checked(session_.connection()->query(sql, parameters));
    if (rows) {
      changed_rows_ = rows->changed();
    }
    // A single statement outside of a transaction only reads: it can be asked again.
    const bool is_lost = session_.connection() == nullptr;
    if (rows || !is_lost || is_in_transaction_ || is_again) {
      return rows;
    }
  }
}

Result<void> PostgresDatabase::send(const std::string& sql, const PostgresParameters& parameters) {
  auto* const connection = session_.connection();
  return connection == nullptr ? out_of_reach() : checked(connection->send(sql, parameters));
}

Result<void> PostgresDatabase::finish() {
  auto* const connection = session_.connection();
  return connection == nullptr ? out_of_reach() : checked(connection->finish());
}

Result<void> PostgresDatabase::execute(const std::string& sql) {
  auto* const connection = session_.connection();
  if (connection == nullptr) {
    return out_of_reach();
  }
  return checked(connection->execute(sql)).map([](const PostgresRows& /*rows*/) {});
}

Result<std::unique_ptr<SqlStatement>> PostgresDatabase::prepare(std::string_view sql) {
  return std::make_unique<PostgresStatement>(*this, to_postgres_statement(sql));
}

/// Connects anew where the connection was lost since the last transaction.
Result<void> PostgresDatabase::begin(const std::string& how) {
  for (bool is_again = false;; is_again = true) {
    failure_ = {};
    if (auto connected = session_.connect(); !connected) {
      return connected;
    }
    auto begun = execute(how);
    is_in_transaction_ = begun.has_value();
    if (begun || session_.connection() != nullptr || is_again) {
      return begun;
    }
  }
}

void PostgresDatabase::roll_back() {
  auto* const connection = session_.connection();
  if (!std::exchange(is_in_transaction_, false) || connection == nullptr) {
    return;
  }
  // What was sent of a batch must be answered first. That it fails is known already.
  static_cast<void>(connection->finish());
  if (!connection->execute("rollback")) {
    session_.lose_connection();
  }
}

Result<void> PostgresDatabase::commit() {
  ++commits_;
  auto done =
      execute(fmt::format("insert into last_commit values ('{}', {}, now()) on conflict (session)"
                          " do update set number = excluded.number, at = excluded.at; commit",
                          session_.id(), commits_));
  if (!done && session_.connection() == nullptr) {
    return ask_whether_committed(done.error());
  }
  is_in_transaction_ = is_in_transaction_ && !done;
  return done;
}

/// For where the connection was lost while a transaction was being committed.
Result<void> PostgresDatabase::ask_whether_committed(const Error& lost) {
  is_in_transaction_ = false;
  const auto failure = std::exchange(failure_, {});
  auto rows = session_.connect().and_then(
      [&] { return query("select number from last_commit where session = $1", {session_.id()}); });
  if (!rows) {
    auto unknown = std::move(rows.error());
    unknown.message += "; whether the last change counts is not known yet";
    failure_ = {};
    return tl::unexpected(std::move(unknown));
  }
  if (rows->count() > 0 && rows->integer(0, 0) == commits_) {
    return {};
  }
  failure_ = failure;  // nothing counts
  return tl::unexpected(lost);
}

Result<void> PostgresDatabase::forget_old_commits() {
  return execute("delete from last_commit where at < now() - interval '7 days'");
}

Result<void> PostgresDatabase::transaction(const Body& body) {
  bool was_lost = false;
  for (int attempts = 1;; ++attempts) {
    auto done = begin("begin isolation level serializable").and_then(body).and_then([&] {
      return commit();
    });
    if (done) {
      return done;
    }
    roll_back();
    const bool is_again = failure_.is_lost ? !std::exchange(was_lost, true) : is_conflict(failure_);
    if (!is_again || attempts == kMostAttempts) {
      return done;
    }
  }
}

Result<void> PostgresDatabase::snapshot(const Body& body) {
  for (bool is_again = false;; is_again = true) {
    auto done =
        begin("begin isolation level repeatable read read only").and_then(body).and_then([&] {
          return execute("commit");
        });
    is_in_transaction_ = is_in_transaction_ && !done;
    if (!done) {
      roll_back();
    }
    if (done || !failure_.is_lost || is_again) {
      return done;
    }
  }
}

Result<std::int64_t> PostgresDatabase::schema_version() {
  const auto tables = query(
      "select to_regclass('spotvane.schema_version') is not null,"
      " exists (select from pg_class where relnamespace = to_regnamespace('spotvane'))",
      {});
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  if (tables->is_true(0, 0)) {
    return query("select coalesce(max(version), 0) from schema_version", {})
        .map([](const PostgresRows& rows) { return rows.integer(0, 0); });
  }
  if (tables->is_true(0, 1)) {
    return tl::unexpected(Error{
        ErrorKind::Storage,
        fmt::format("'{}' has a schema 'spotvane' that is another program's", session_.name()),
        way_out()});
  }
  return 0;
}

Result<void> PostgresDatabase::set_schema_version(std::int64_t version) {
  return execute(
      fmt::format("delete from schema_version; insert into schema_version values ({})", version));
}

Result<void> PostgresDatabase::execute_migration(const std::string& sql) {
  return execute(to_postgres_schema(sql));
}

Result<void> PostgresDatabase::prepare_schema() {
  // Of the table itself: what to_regnamespace() says may be of before we waited for another.
  return query("select not exists (select from pg_namespace where nspname = 'spotvane')", {})
      .and_then([&](const PostgresRows& rows) {
        return rows.is_true(0, 0) ? execute("create schema spotvane") : Result<void>{};
      })
      .and_then([&] { return execute(kOwnTables); });
}

/// Not serializable: it must see what those did for whom it waited.
Result<void> PostgresDatabase::change_schema(const Body& body) {
  auto done = begin("begin isolation level read committed")
                  .and_then([&] { return execute("select pg_advisory_xact_lock(1399871073, 2)"); })
                  .and_then([&] { return prepare_schema(); })
                  .and_then(body)
                  .and_then([&] { return execute("commit"); });
  is_in_transaction_ = is_in_transaction_ && !done;
  if (!done) {
    roll_back();
  }
  return done;
}

}  // namespace spotvane::adapters
