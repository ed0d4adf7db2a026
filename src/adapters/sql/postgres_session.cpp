#include "adapters/sql/postgres_session.hpp"

#include "adapters/sql/postgres_errors.hpp"
#include "base/database_url.hpp"

#include <unistd.h>

#include <array>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr int kOldestServer = 140000;  // it waits in pg_terminate_backend()

// The advisory lock of who is `Exclusive`: "SpVa", and a number.
constexpr const char* kLock = "1399871073, 1";

/// Our own schema, so that tables called "plan" or "note" are in nobody's way. Of the server's
/// settings only those that promise less than we do are changed; a client that is gone is missed
/// soon.
constexpr const char* kSetUp =
    "set search_path = spotvane; set client_min_messages = warning; set extra_float_digits = 1;"
    "set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s';"
    "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3;"
    "select set_config('synchronous_commit', 'on', false)"
    " where current_setting('synchronous_commit') = 'off';"
    "select a.pid, a.backend_start, gen_random_uuid(), current_setting('server_encoding'),"
    " not pg_is_in_recovery(),"
    " coalesce(has_table_privilege(to_regclass('daily_score'), 'insert'), false)"
    " from pg_stat_activity a where a.pid = pg_backend_pid()";
enum Fact : std::uint8_t { kPid, kStarted, kNewId, kEncoding, kIsPrimary, kMayInsert };

/// As the server shows us to others; it cuts what is longer than 63 bytes.
std::string application_name() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("spotvane {}@{}", ::getpid(), host.data());
}

/// "process 1234 on host 'a'", from the name above.
std::string who_is(std::string_view application) {
  constexpr std::string_view kStart = "spotvane ";
  const auto at = application.find('@');
  if (!application.starts_with(kStart) || at == std::string_view::npos) {
    return "another program";
  }
  return fmt::format("process {} on host '{}'",
                     application.substr(kStart.size(), at - kStart.size()),
                     application.substr(at + 1));
}

}  // namespace

PostgresSession::PostgresSession(PostgresApi api, std::string url, PostgresUse use)
    : api_{std::make_shared<const PostgresApi>(api)},
      url_{std::move(url)},
      name_{hide_password(url_)},
      use_{use} {}

Result<PostgresSession> PostgresSession::make(const std::string& url, PostgresUse use) {
  if (auto checked = check_database_url(url); !checked) {
    return tl::unexpected(std::move(checked.error()).during("the state database's address"));
  }
  const auto api = load_libpq();
  if (!api) {
    return tl::unexpected(api.error());
  }
  char* words = nullptr;  // not to be shown: they may hold the password
  auto* const options = api->conninfoParse(url.c_str(), &words);
  api->freemem(words);
  if (options == nullptr) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              fmt::format("the state database's address '{}' makes no sense", hide_password(url)),
              "it is postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require, where letters "
              "that mean something are percent-encoded"});
  }
  api->conninfoFree(options);
  return PostgresSession{*api, url, use};
}

tl::unexpected<Error> PostgresSession::refuse(const PostgresFailure& failure) const {
  return tl::unexpected(describe_postgres_failure(name_, failure));
}

Result<void> PostgresSession::connect() {
  if (connection_) {
    return {};
  }
  auto connection = PostgresConnection::open(*api_, url_, application_name());
  if (!connection) {
    return refuse(connection.error());
  }
  return set_up(*connection)
      .and_then([&] { return end_former(*connection); })
      .and_then([&] { return use_ == PostgresUse::Exclusive ? lock(*connection) : Result<void>{}; })
      .map([&] { connection_.emplace(std::move(*connection)); });
}

Result<void> PostgresSession::set_up(PostgresConnection& connection) {
  version_ = connection.server_version();
  if (version_ < kOldestServer) {
    return fail(ErrorKind::Storage,
                "state database '{}' is kept by {}: 14 is the oldest that will do", name_,
                server());
  }
  const auto facts = connection.execute(kSetUp);
  if (!facts) {
    return refuse(facts.error());
  }
  if (facts->text(0, kEncoding) != "UTF8") {
    return tl::unexpected(Error{
        ErrorKind::Storage,
        fmt::format("state database '{}' has the encoding {}", name_, facts->text(0, kEncoding)),
        "make one by `create database NAME encoding 'UTF8' template template0`"});
  }
  const bool is_primary = facts->is_true(0, kIsPrimary);
  if (!is_primary && use_ != PostgresUse::ReadOnly) {
    return tl::unexpected(
        Error{ErrorKind::Storage, fmt::format("state database '{}' is a read-only standby", name_),
              "name the primary server, or several and target_session_attrs=read-write"});
  }
  can_be_written_ = is_primary && facts->is_true(0, kMayInsert);
  if (id_.empty()) {
    id_ = facts->text(0, kNewId);
  }
  if (!former_ && !backend_.pid.empty()) {
    former_ = backend_;
  }
  backend_ = {std::string{facts->text(0, kPid)}, std::string{facts->text(0, kStarted)}};
  if (use_ != PostgresUse::ReadOnly) {
    return {};
  }
  const auto settled = connection.execute("set default_transaction_read_only = on");
  return settled ? Result<void>{} : refuse(settled.error());
}

/// The server may not know yet that we are gone: then it still holds our lock, and a transaction of
/// ours may still be being committed.
Result<void> PostgresSession::end_former(PostgresConnection& connection) {
  if (!former_) {
    return {};
  }
  const auto ended = connection.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
      " where pid = $1::int and backend_start = $2::timestamptz",
      {former_->pid, former_->started});
  if (!ended) {
    return refuse(ended.error());
  }
  if (ended->count() > 0 && !ended->is_true(0, 0)) {
    return fail(ErrorKind::Storage,
                "state database '{}' is still busy with what was asked before the connection broke",
                name_);
  }
  former_.reset();
  return {};
}

Result<void> PostgresSession::lock(PostgresConnection& connection) const {
  const auto locked = connection.execute(fmt::format("select pg_try_advisory_lock({})", kLock));
  if (!locked) {
    return refuse(locked.error());
  }
  if (locked->is_true(0, 0)) {
    return {};
  }
  const auto holder = connection.execute(fmt::format(
      "select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid"
      " where l.locktype = 'advisory' and (l.classid::bigint, l.objid::bigint) = ({}) and l.granted"
      " and l.database = (select oid from pg_database where datname = current_database())",
      kLock));
  const bool is_known = holder && holder->count() > 0;
  return tl::unexpected(
      Error{ErrorKind::Busy,
            fmt::format("'{}' is in use by {}", name_,
                        is_known ? who_is(holder->text(0, 0)) : "another program"),
            "wait until it ends, or stop it, or choose another database with --state"});
}

std::string PostgresSession::server() const {
  return fmt::format("PostgreSQL {}.{}", version_ / 10000, version_ % 10000);
}

}  // namespace spotvane::adapters
