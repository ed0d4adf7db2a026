#pragma once

#include <cstdint>

namespace spotvane::adapters {

/// What a program means to do in a database that others may use, too.
enum class PostgresUse : std::uint8_t {
  ReadOnly,   ///< change nothing
  Shared,     ///< change something while others may be at work, too
  Exclusive,  ///< be the only one that is `Exclusive`, as long as this lives
};

}  // namespace spotvane::adapters
