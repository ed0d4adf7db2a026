#pragma once

#include "adapters/sql/postgres_use.hpp"
#include "adapters/sql/sql_state_store.hpp"

#include <memory>
#include <string>

namespace spotvane::adapters {

/// The state store in a database of a PostgreSQL server, which programs on several hosts may share.
///
/// To write, brings the schema up to date. To read only, fails with `NotFound` where nobody has
/// written there yet, and with `Storage` where the schema is not this program's. `Exclusive` fails
/// with `Busy`, naming who it is, where another is; so does any later call where the connection was
/// lost and another has come first.
Result<std::unique_ptr<SqlStateStore>> open_postgres_state(const std::string& url, PostgresUse use);

/// What there is at the address: "PostgreSQL 15.18, schema 4", or what is wrong with it.
Result<std::string> describe_postgres_state(const std::string& url);

}  // namespace spotvane::adapters
