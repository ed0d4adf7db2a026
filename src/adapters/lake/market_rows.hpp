#pragma once

#include "adapters/lake/duckdb_session.hpp"
#include "model/market_row.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// The archive's columns, in order, with commas between.
std::string market_columns();

/// The same with their types, as `create table` wants them.
std::string market_column_definitions();

/// Adds the rows to a table of those columns.
Result<void> append_changes(DuckdbConnection& connection, const std::string& table,
                            std::span<const model::MarketChange> changes);

/// Defines the view `market` over the files.
Result<void> offer_market(DuckdbConnection& connection,
                          const std::vector<std::filesystem::path>& files);

/// The rows of an answer that has those columns.
std::vector<model::MarketChange> read_changes(DuckdbAnswer answer);

}  // namespace spotvane::adapters
