#pragma once

#include "adapters/sql/postgres_connection.hpp"
#include "base/result.hpp"

#include <string>

namespace spotvane::adapters {

/// What a failure means to the user of the state database `name`.
Error describe_postgres_failure(const std::string& name, const PostgresFailure& failure);

/// Whether others were in the way of a transaction that may well go through the next time.
bool is_conflict(const PostgresFailure& failure);

}  // namespace spotvane::adapters
