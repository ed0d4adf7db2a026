#pragma once

#include "adapters/sql/sql_database.hpp"
#include "base/result.hpp"

#include <span>
#include <string_view>

namespace spotvane::adapters {

/// A step from one schema to the next; never changed once released.
struct Migration {
  std::string_view name;  ///< "0001-first-tables"
  const char* sql;
};

/// The files of migrations/, in order: after the first `n` the schema's version is `n`.
std::span<const Migration> migrations();

/// Brings the database to the newest schema, in one transaction. Fails with `Storage` where it is
/// newer than that, or is some other program's.
Result<void> migrate(SqlDatabase& database, std::span<const Migration> steps);

/// Fails with `Storage` where the database does not have the newest schema, or is some other
/// program's. Changes nothing.
Result<void> check_schema(SqlDatabase& database, std::span<const Migration> steps);

}  // namespace spotvane::adapters
