#pragma once

#include "adapters/lake/duckdb_session.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// Some rows of a table, filled in value by value.
class ChunkWriter {
 public:
  ChunkWriter(const DuckdbApi& api, std::span<const duckdb_type> columns);
  ~ChunkWriter() { api_.destroy_data_chunk(&chunk_); }
  ChunkWriter(const ChunkWriter&) = delete;
  ChunkWriter& operator=(const ChunkWriter&) = delete;

  /// Forgets what was there.
  void begin(std::size_t rows);

  /// `T` must be how DuckDB keeps the column's type.
  template <typename T>
  void put(std::size_t column, std::size_t row, const T& value) {
    static_cast<T*>(data_[column])[row] = value;
  }
  template <typename T>
  void put(std::size_t column, std::size_t row, const std::optional<T>& value) {
    if (value) {
      put(column, row, *value);
    } else {
      put_null(column, row);
    }
  }
  void put_text(std::size_t column, std::size_t row, const std::string& text);
  /// The same; NULL for the empty text.
  void put_text_if_any(std::size_t column, std::size_t row, const std::string& text);
  void put_null(std::size_t column, std::size_t row);

  duckdb_data_chunk chunk() const { return chunk_; }

 private:
  const DuckdbApi& api_;
  duckdb_data_chunk chunk_ = nullptr;
  std::vector<duckdb_vector> vectors_;
  std::vector<void*> data_;
};

/// Adds chunks to a table.
class Appender {
 public:
  Appender(const DuckdbConnection& connection, const std::string& table);
  ~Appender() { api_.appender_destroy(&appender_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  void append(const ChunkWriter& chunk);
  /// Says how all of it went.
  Result<void> close();

 private:
  const DuckdbApi& api_;
  duckdb_appender appender_ = nullptr;
  bool is_good_;
};

/// Adds the rows to a table of those columns; `put(chunk, number, row)` writes one.
template <typename Row, typename Put>
Result<void> append_rows(DuckdbConnection& connection, const std::string& table,
                         std::span<const duckdb_type> columns, std::span<const Row> rows, Put put) {
  Appender appender{connection, table};
  ChunkWriter chunk{connection.api(), columns};
  const std::size_t most = connection.api().vector_size();
  while (!rows.empty()) {
    const auto count = std::min(most, rows.size());
    chunk.begin(count);
    for (std::size_t i = 0; i < count; ++i) {
      put(chunk, i, rows[i]);
    }
    appender.append(chunk);
    rows = rows.subspan(count);
  }
  return appender.close();
}

}  // namespace spotvane::adapters
