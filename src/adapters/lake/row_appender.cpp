#include "adapters/lake/row_appender.hpp"

namespace spotvane::adapters {

ChunkWriter::ChunkWriter(const DuckdbApi& api, std::span<const duckdb_type> columns)
    : api_{api}, vectors_(columns.size()), data_(columns.size()) {
  std::vector<duckdb_logical_type> types;
  types.reserve(columns.size());
  for (const auto column : columns) {
    types.push_back(api_.create_logical_type(column));
  }
  chunk_ = api_.create_data_chunk(types.data(), types.size());
  for (auto& type : types) {
    api_.destroy_logical_type(&type);
  }
}

void ChunkWriter::begin(std::size_t rows) {
  api_.data_chunk_reset(chunk_);
  api_.data_chunk_set_size(chunk_, rows);
  for (std::size_t i = 0; i < vectors_.size(); ++i) {
    vectors_[i] = api_.data_chunk_get_vector(chunk_, i);
    data_[i] = api_.vector_get_data(vectors_[i]);
  }
}

void ChunkWriter::put_text(std::size_t column, std::size_t row, const std::string& text) {
  api_.vector_assign_string_element_len(vectors_[column], row, text.data(), text.size());
}

void ChunkWriter::put_text_if_any(std::size_t column, std::size_t row, const std::string& text) {
  if (text.empty()) {
    put_null(column, row);
  } else {
    put_text(column, row, text);
  }
}

void ChunkWriter::put_null(std::size_t column, std::size_t row) {
  api_.vector_ensure_validity_writable(vectors_[column]);
  api_.validity_set_row_invalid(api_.vector_get_validity(vectors_[column]), row);
}

Appender::Appender(const DuckdbConnection& connection, const std::string& table)
    : api_{connection.api()},
      is_good_{api_.appender_create(connection.handle(), nullptr, table.c_str(), &appender_) ==
               DuckDBSuccess} {}

void Appender::append(const ChunkWriter& chunk) {
  is_good_ = is_good_ && api_.append_data_chunk(appender_, chunk.chunk()) == DuckDBSuccess;
}

Result<void> Appender::close() {
  is_good_ = is_good_ && api_.appender_close(appender_) == DuckDBSuccess;
  if (!is_good_) {
    const char* const words = api_.appender_error(appender_);
    return tl::unexpected(duckdb_error(words == nullptr ? "rows were refused" : words));
  }
  return {};
}

}  // namespace spotvane::adapters
