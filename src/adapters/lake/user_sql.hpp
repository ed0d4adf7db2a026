#pragma once

#include "adapters/lake/duckdb_session.hpp"
#include "ports/lake.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace spotvane::adapters {

/// Runs one reading statement of the user's. Fails with `InvalidInput` in DuckDB's words.
Result<QueryResult> run_user_sql(DuckdbConnection& connection, const std::string& sql);

/// Writes the answer of one reading statement to `target`, whole or not at all; returns the rows.
/// Fails with `InvalidInput` where the statement, the format or the target makes no sense.
Result<std::uint64_t> export_user_sql(DuckdbConnection& connection, const std::string& sql,
                                      const std::string& format,
                                      const std::filesystem::path& target);

}  // namespace spotvane::adapters
