#pragma once

#include "base/money.hpp"
#include "model/catalog.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace spotvane::sim {

/// A catalog's facts about pools, found by name. The catalog must outlive it.
class PoolBook {
 public:
  explicit PoolBook(const model::Catalog& catalog);

  /// Null where there is none of that name.
  const model::InstanceTypeFacts* type(const model::InstanceType& type) const;
  const model::Zone* zone(const model::ZoneId& zone) const;

  /// The region's zones that offer the type, in the catalog's order; none where it is unknown.
  std::vector<model::ZoneId> zones_offering(const model::RegionalPool& pool) const;

  std::optional<Money> on_demand_price(const model::RegionalPool& pool) const;

  /// The advisor's band for Linux, 0 (rarely interrupted) to 4; 2 where it says nothing.
  int band(const model::RegionalPool& pool) const;

 private:
  const model::Catalog& catalog_;
  std::unordered_map<std::string_view, std::uint32_t> types_;  // keys live in the catalog
  std::unordered_map<std::string_view, std::uint32_t> zones_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> zones_by_type_;
  std::unordered_map<model::RegionalPool, Money> prices_;
  std::unordered_map<model::RegionalPool, int> bands_;
};

}  // namespace spotvane::sim
