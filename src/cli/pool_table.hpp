#pragma once

#include "cli/document.hpp"
#include "market/pool_view.hpp"
#include "market/zone_names.hpp"

namespace spotvane::cli {

/// The availability view: each pool, what is known of it, its total and every term of it. Readers
/// of CSV and JSON find all columns; a terminal the ones that have something to say. The names, and
/// what the view points to, must outlive the table.
Table pool_table(market::PoolView view, const market::ZoneNames& names, OutputFormat format);

}  // namespace spotvane::cli
