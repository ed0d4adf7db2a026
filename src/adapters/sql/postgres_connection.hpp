#pragma once

#include "adapters/sql/postgres_api.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// Why the server, or the way to it, failed.
struct PostgresFailure {
  std::string sqlstate;  ///< PostgreSQL's five letters; empty where no server said it
  std::string message;   ///< one line; no value that we had sent
  bool is_lost = false;  ///< the connection is gone
};

template <typename T>
using PostgresResult = tl::expected<T, PostgresFailure>;

/// An answer.
class PostgresRows {
 public:
  PostgresRows(const PostgresApi& api, PGresult* result) : api_{&api}, result_{result, api.clear} {}

  int count() const { return api_->ntuples(result_.get()); }
  bool is_null(int row, int column) const {
    return api_->getisnull(result_.get(), row, column) != 0;
  }
  std::string_view text(int row, int column) const {
    return {api_->getvalue(result_.get(), row, column),
            static_cast<std::size_t>(api_->getlength(result_.get(), row, column))};
  }
  bool is_true(int row, int column) const { return text(row, column) == "t"; }
  std::int64_t integer(int row, int column) const;

  /// How many rows the statement changed.
  std::int64_t changed() const;

 private:
  const PostgresApi* api_;
  std::unique_ptr<PGresult, decltype(PostgresApi::clear)> result_;
};

/// Parameters as PostgreSQL reads them from text; none is NULL.
using PostgresParameters = std::vector<std::optional<std::string>>;

/// A connection to a server. Its `api` must outlive it.
class PostgresConnection {
 public:
  /// `application` is how the server lists us: `pg_stat_activity.application_name`.
  static PostgresResult<PostgresConnection> open(const PostgresApi& api, const std::string& url,
                                                 const std::string& application);

  int server_version() const { return api_->serverVersion(connection_.get()); }

  /// Runs statements without parameters, and returns the last one's answer.
  PostgresResult<PostgresRows> execute(const std::string& sql);

  PostgresResult<PostgresRows> query(const std::string& sql, const PostgresParameters& parameters);

  /// Sends one statement of a batch without waiting for its answer. All of a batch have the same
  /// `sql`.
  PostgresResult<void> send(const std::string& sql, const PostgresParameters& parameters);

  /// Waits for the answers to all that was sent, and tells of the first failure.
  PostgresResult<void> finish();

 private:
  PostgresConnection(const PostgresApi& api, PGconn* connection)
      : api_{&api}, connection_{connection, api.finish} {}
  bool is_lost() const { return api_->status(connection_.get()) != CONNECTION_OK; }
  PostgresResult<PostgresRows> check(PGresult* result) const;
  PostgresFailure failure(const PGresult* result) const;
  PostgresResult<void> drain();

  const PostgresApi* api_;
  std::unique_ptr<PGconn, decltype(PostgresApi::finish)> connection_;
  std::string batch_;  ///< the statement of the batch under way
  int sent_ = 0;       ///< of it, since the last answers
};

}  // namespace spotvane::adapters
