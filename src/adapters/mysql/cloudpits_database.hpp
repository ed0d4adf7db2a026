#pragma once

#include "base/result.hpp"
#include "model/performance.hpp"

#include <string>

namespace spotvane::adapters {

/// What CloudPITS measured: its database, by default "experimentos", at
/// "mysql://user@host/experimentos". Rows that make no sense are left out and counted; those that
/// measure nothing are still there.
///
/// Its times have no zone: they are taken for UTC. Fails as `parse_mysql_address` and
/// `MysqlConnection` do.
Result<model::PerformanceImport> read_cloudpits(const std::string& url);

}  // namespace spotvane::adapters
