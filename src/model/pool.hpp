#pragma once

#include "model/instance_type.hpp"
#include "model/place.hpp"

#include <compare>
#include <cstddef>
#include <functional>

namespace spotvane::model {

/// (instance type, region): what the Spot Advisor and a regional placement score speak of.
struct RegionalPool {
  InstanceType type;
  Region region;

  friend bool operator==(const RegionalPool&, const RegionalPool&) = default;
  friend auto operator<=>(const RegionalPool&, const RegionalPool&) = default;
};

/// (instance type, availability zone), for Linux/UNIX. An empty zone is the whole region: the row
/// of a regional pool whose zones are not told apart.
struct Pool {
  InstanceType type;
  Region region;
  ZoneId zone;

  friend bool operator==(const Pool&, const Pool&) = default;
  friend auto operator<=>(const Pool&, const Pool&) = default;
};

/// A type that a zone offers.
struct Offering {
  InstanceType type;
  ZoneId zone;

  friend bool operator==(const Offering&, const Offering&) = default;
};

}  // namespace spotvane::model

template <>
struct std::hash<spotvane::model::RegionalPool> {
  std::size_t operator()(const spotvane::model::RegionalPool& pool) const noexcept {
    return std::hash<spotvane::model::InstanceType>{}(pool.type) * 31 +
           std::hash<spotvane::model::Region>{}(pool.region);
  }
};

template <>
struct std::hash<spotvane::model::Pool> {
  std::size_t operator()(const spotvane::model::Pool& pool) const noexcept {
    return (std::hash<spotvane::model::InstanceType>{}(pool.type) * 31 +
            std::hash<spotvane::model::Region>{}(pool.region)) *
               31 +
           std::hash<spotvane::model::ZoneId>{}(pool.zone);
  }
};
