#pragma once

#include "base/result.hpp"

#include <duckdb.h>

namespace spotvane::adapters {

// Every function of DuckDB's that we call, without its prefix.
#define SPOTVANE_DUCKDB_FUNCTIONS(FUNCTION)  \
  FUNCTION(library_version)                  \
  FUNCTION(free)                             \
  FUNCTION(create_config)                    \
  FUNCTION(set_config)                       \
  FUNCTION(destroy_config)                   \
  FUNCTION(open_ext)                         \
  FUNCTION(close)                            \
  FUNCTION(connect)                          \
  FUNCTION(disconnect)                       \
  FUNCTION(query)                            \
  FUNCTION(destroy_result)                   \
  FUNCTION(result_error)                     \
  FUNCTION(column_count)                     \
  FUNCTION(fetch_chunk)                      \
  FUNCTION(extract_statements)               \
  FUNCTION(extract_statements_error)         \
  FUNCTION(destroy_extracted)                \
  FUNCTION(prepare_extracted_statement)      \
  FUNCTION(prepare_error)                    \
  FUNCTION(destroy_prepare)                  \
  FUNCTION(nparams)                          \
  FUNCTION(prepared_statement_type)          \
  FUNCTION(prepared_statement_column_count)  \
  FUNCTION(prepared_statement_column_name)   \
  FUNCTION(prepared_statement_column_type)   \
  FUNCTION(appender_create)                  \
  FUNCTION(appender_error)                   \
  FUNCTION(appender_close)                   \
  FUNCTION(appender_destroy)                 \
  FUNCTION(append_data_chunk)                \
  FUNCTION(create_logical_type)              \
  FUNCTION(destroy_logical_type)             \
  FUNCTION(create_data_chunk)                \
  FUNCTION(destroy_data_chunk)               \
  FUNCTION(data_chunk_reset)                 \
  FUNCTION(data_chunk_set_size)              \
  FUNCTION(data_chunk_get_size)              \
  FUNCTION(data_chunk_get_vector)            \
  FUNCTION(vector_size)                      \
  FUNCTION(vector_get_data)                  \
  FUNCTION(vector_get_validity)              \
  FUNCTION(vector_ensure_validity_writable)  \
  FUNCTION(vector_assign_string_element_len) \
  FUNCTION(validity_row_is_valid)            \
  FUNCTION(validity_set_row_invalid)         \
  FUNCTION(string_t_length)                  \
  FUNCTION(string_t_data)

/// DuckDB's C functions as found in the shared library: `api.query(...)` is `duckdb_query(...)`.
struct DuckdbApi {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member cannot stand in brackets
#define SPOTVANE_DECLARE(name) decltype(&duckdb_##name) name = nullptr;
  SPOTVANE_DUCKDB_FUNCTIONS(SPOTVANE_DECLARE)
#undef SPOTVANE_DECLARE
};

/// Loads libduckdb.so, which then stays for the life of the process; later calls find it there.
/// Fails with `Storage` where it is missing or another version than the one we know.
Result<DuckdbApi> load_duckdb();

}  // namespace spotvane::adapters
