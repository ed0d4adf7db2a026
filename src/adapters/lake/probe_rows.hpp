#pragma once

#include "adapters/lake/duckdb_session.hpp"
#include "model/probe_row.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// Writes the rows into a Parquet file, in their order.
Result<void> write_probe_rows(DuckdbConnection& connection, std::span<const model::ProbeRow> rows,
                              const std::filesystem::path& file);

/// Defines the views over the files: `probe_events`, their rows; `probe_instances`, each instance's
/// timeline in a row; `probe_counts`, each change of a ready count.
Result<void> offer_probes(DuckdbConnection& connection,
                          const std::vector<std::filesystem::path>& files);

}  // namespace spotvane::adapters
