#pragma once

#include "adapters/lake/duckdb_session.hpp"
#include "ports/lake.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// What follows "order by". DuckDB sorts text by its bytes, as std::string does; a missing zone
/// comes first, as an empty one.
std::string_view sql_order(RowOrder order);

/// Writes the market's rows in `table` to a Parquet file, in the order they were added.
Result<void> copy_in_order(DuckdbConnection& connection, const std::string& table,
                           const std::filesystem::path& file);

/// The same, sorted.
Result<void> copy_sorted(DuckdbConnection& connection, const std::string& table, RowOrder order,
                         const std::filesystem::path& file);

/// The same, and the same file, for more rows than memory holds: reads `table` four times, but
/// sorts in half the time and space. The connection's database must not have done so before.
Result<void> copy_many_sorted(DuckdbConnection& connection, const std::string& table,
                              RowOrder order, const std::filesystem::path& file);

}  // namespace spotvane::adapters
