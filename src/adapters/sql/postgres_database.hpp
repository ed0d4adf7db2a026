#pragma once

#include "adapters/sql/postgres_session.hpp"
#include "adapters/sql/sql_database.hpp"

#include <memory>
#include <string>

namespace spotvane::adapters {

/// A database of a PostgreSQL server, all of ours in its schema "spotvane".
///
/// Where the connection is lost, the call fails with `Storage` and the next one connects again;
/// but first it tries once again by itself, where nothing has changed yet. Where it is lost while a
/// transaction is being committed, the server is asked whether it was.
///
/// Any call of who is `Exclusive` fails with `Busy` where another was quicker to take a lost lock.
class PostgresDatabase final : public SqlDatabase {
 public:
  /// Connects. Fails with `Busy` where somebody else is `Exclusive`, with `InvalidInput` where the
  /// address makes no sense, and with `Storage`.
  static Result<std::unique_ptr<PostgresDatabase>> open(const std::string& url, PostgresUse use);

  std::string name() const override { return session_.name(); }
  std::string way_out() const override { return "choose another database with --state"; }
  bool can_be_written() const override { return session_.can_be_written(); }
  Result<void> execute(const std::string& sql) override;
  Result<std::unique_ptr<SqlStatement>> prepare(std::string_view sql) override;
  std::int64_t changed_rows() const override { return changed_rows_; }
  Result<void> transaction(const Body& body) override;
  Result<void> snapshot(const Body& body) override;

  Result<std::int64_t> schema_version() override;
  Result<void> set_schema_version(std::int64_t version) override;
  Result<void> execute_migration(const std::string& sql) override;
  Result<void> change_schema(const Body& body) override;

  /// Removes what programs that ended long ago had left to ask for.
  Result<void> forget_old_commits();

  /// "PostgreSQL 15.18".
  std::string server() const { return session_.server(); }

  // For statements, in PostgreSQL's words.
  Result<PostgresRows> query(const std::string& sql, const PostgresParameters& parameters);
  Result<void> send(const std::string& sql, const PostgresParameters& parameters);
  Result<void> finish();

 private:
  explicit PostgresDatabase(PostgresSession session) : session_{std::move(session)} {}
  Result<void> begin(const std::string& how);
  Result<void> commit();
  Result<void> ask_whether_committed(const Error& lost);
  Result<void> prepare_schema();
  void roll_back();
  tl::unexpected<Error> out_of_reach() const;

  /// Remembers a failure for the transaction it happened in.
  template <typename T>
  Result<T> checked(PostgresResult<T> result);

  PostgresSession session_;
  PostgresFailure failure_;   ///< the latest of the transaction
  std::int64_t commits_ = 0;  ///< begun by us
  bool is_in_transaction_ = false;
  std::int64_t changed_rows_ = 0;
};

}  // namespace spotvane::adapters
