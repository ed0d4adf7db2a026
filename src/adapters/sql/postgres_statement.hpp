#pragma once

#include "adapters/sql/postgres_connection.hpp"
#include "adapters/sql/sql_database.hpp"

#include <optional>
#include <string>

namespace spotvane::adapters {

class PostgresDatabase;

/// A statement in PostgreSQL's words. Its answer is fetched whole at the first step.
class PostgresStatement final : public SqlStatement {
 public:
  PostgresStatement(PostgresDatabase& database, std::string sql)
      : database_{database}, sql_{std::move(sql)} {}

  Result<bool> step() override;
  Result<void> enqueue() override;
  Result<void> finish() override;

  std::int64_t integer(int column) const override { return rows_->integer(row_, column); }
  double real(int column) const override;
  std::string text(int column) const override;

 private:
  void reset() override;
  void bind(int index, std::int64_t value) override;
  void bind(int index, double value) override;
  void bind(int index, std::string_view value) override;
  void bind_null(int index) override;
  std::optional<std::string>& parameter(int index);

  PostgresDatabase& database_;
  std::string sql_;
  PostgresParameters parameters_;
  std::optional<PostgresRows> rows_;
  int row_ = -1;
};

}  // namespace spotvane::adapters
