#pragma once

#include "base/result.hpp"
#include "model/pool.hpp"

#include <string>
#include <string_view>

namespace spotvane::model {

/// The pools of one type that a user means: those of a region, or that of one zone. With neither,
/// all of the type's.
struct PoolChoice {
  InstanceType type;
  Region region = {};  ///< any where empty
  ZoneId zone = {};    ///< any, and the row of the whole region, where empty

  bool includes(const Pool& pool) const;

  friend bool operator==(const PoolChoice&, const PoolChoice&) = default;
};

/// Whether `place` is an account's own name for a zone, by its form: "us-east-1a".
bool is_zone_name(std::string_view place);

/// Reads "m5.large@us-east-1" (all zones of the region) or "m5.large@use1-az4" (one zone). Whether
/// there are such a type and place is not known here. Fails with `InvalidInput`.
Result<PoolChoice> parse_pool_choice(std::string_view text);

/// As `parse_pool_choice` reads it.
std::string to_text(const PoolChoice& pools);

}  // namespace spotvane::model
