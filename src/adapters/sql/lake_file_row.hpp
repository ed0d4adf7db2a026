#pragma once

#include "adapters/sql/sql_database.hpp"
#include "ports/lake_file.hpp"

#include <cstdint>

namespace spotvane::adapters {

/// The columns "path, sha256, row_count, byte_count, from_ms, to_ms".
inline LakeFile read_lake_file(const SqlStatement& row) {
  return {.path = row.text(0),
          .sha256 = row.text(1),
          .rows = static_cast<std::uint64_t>(row.integer(2)),
          .bytes = static_cast<std::uint64_t>(row.integer(3)),
          .from = row.time(4),
          .to = row.time(5)};
}

}  // namespace spotvane::adapters
