#pragma once

#include "adapters/lake/duckdb_api.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// Up to some 2,000 rows of an answer, column by column.
class DuckdbChunk {
 public:
  DuckdbChunk(const DuckdbApi& api, duckdb_data_chunk chunk) : api_{&api}, chunk_{chunk} {}
  ~DuckdbChunk();
  DuckdbChunk(DuckdbChunk&& other) noexcept;
  DuckdbChunk& operator=(DuckdbChunk&&) = delete;

  std::size_t rows() const { return api_->data_chunk_get_size(chunk_); }
  bool is_null(std::size_t column, std::size_t row) const;

  /// `T` must be how DuckDB keeps the column's type; nothing for NULL.
  template <typename T>
  std::optional<T> value(std::size_t column, std::size_t row) const {
    if (is_null(column, row)) {
      return std::nullopt;
    }
    return static_cast<const T*>(data(column))[row];
  }

  /// Of a VARCHAR column; empty for NULL. Lives as long as the chunk.
  std::string_view text(std::size_t column, std::size_t row) const;

 private:
  void* data(std::size_t column) const {
    return api_->vector_get_data(api_->data_chunk_get_vector(chunk_, column));
  }

  const DuckdbApi* api_;
  duckdb_data_chunk chunk_;
};

/// A statement's answer.
class DuckdbAnswer {
 public:
  DuckdbAnswer(const DuckdbApi& api, duckdb_result result) : api_{&api}, result_{result} {}
  ~DuckdbAnswer() { api_->destroy_result(&result_); }
  DuckdbAnswer(DuckdbAnswer&& other) noexcept;
  DuckdbAnswer& operator=(DuckdbAnswer&&) = delete;

  std::size_t columns() { return api_->column_count(&result_); }

  /// The next rows; nothing after the last.
  std::optional<DuckdbChunk> next();

 private:
  const DuckdbApi* api_;
  duckdb_result result_;
};

/// What a SELECT would answer with.
struct DuckdbColumn {
  std::string name;
  duckdb_type type;
};

/// One connection: temporary tables and views live and die with it.
///
/// Failures carry DuckDB's words: `InvalidInput` where the SQL is to blame, `Storage` where the
/// disk or the memory limit is.
class DuckdbConnection {
 public:
  DuckdbConnection(const DuckdbApi& api, duckdb_database database);
  ~DuckdbConnection() { api_.disconnect(&connection_); }
  DuckdbConnection(const DuckdbConnection&) = delete;
  DuckdbConnection& operator=(const DuckdbConnection&) = delete;

  Result<DuckdbAnswer> run(const std::string& sql);

  /// Checks a stranger's SQL without running it: exactly one statement, and one that only reads.
  Result<std::vector<DuckdbColumn>> describe_select(const std::string& sql);

  const DuckdbApi& api() const { return api_; }
  duckdb_connection handle() const { return connection_; }

 private:
  const DuckdbApi& api_;
  duckdb_connection connection_ = nullptr;
};

/// How much of the machine DuckDB may use.
struct DuckdbLimits {
  int threads = 1;
  std::string memory = "128MB";
  std::filesystem::path spill_folder;  ///< for what does not fit; made when needed
};

/// An in-memory database: the archive's files are read and written through it.
class DuckdbDatabase {
 public:
  /// Loads the library and starts it. Fails with `Storage`.
  static Result<std::unique_ptr<DuckdbDatabase>> open(const DuckdbLimits& limits);

  ~DuckdbDatabase() { api_.close(&database_); }
  DuckdbDatabase(const DuckdbDatabase&) = delete;
  DuckdbDatabase& operator=(const DuckdbDatabase&) = delete;

  DuckdbConnection connect() { return {api_, database_}; }

 private:
  DuckdbDatabase(const DuckdbApi& api, duckdb_database database) : api_{api}, database_{database} {}

  DuckdbApi api_;
  duckdb_database database_;
};

/// Makes an `Error` of DuckDB's words, as `DuckdbConnection` promises.
Error duckdb_error(std::string_view words);

/// 'text' as an SQL literal.
std::string sql_quoted(std::string_view text);

/// These Parquet files as a table in SQL.
std::string sql_parquet(const std::vector<std::filesystem::path>& files);

}  // namespace spotvane::adapters
