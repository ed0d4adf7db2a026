#pragma once

#include "model/advisor.hpp"
#include "model/instance_type.hpp"
#include "model/place.hpp"
#include "model/pool.hpp"
#include "model/price.hpp"

#include <vector>

namespace spotvane::model {

/// What a cloud is made of before anything moves: a market gives it prices and capacity.
///
/// A type, zone or region that a list names need not be in the others: real catalogs lag behind
/// each other. No list says anything twice.
struct Catalog {
  std::vector<RegionStatus> regions;  ///< `is_enabled`: usable without opting in
  std::vector<Zone> zones;            ///< of `regions`; names as one account sees them
  std::vector<InstanceTypeFacts> types;
  std::vector<Offering> offerings;  ///< by zone
  std::vector<OnDemandPrice> on_demand_prices;
  std::vector<AdvisorEntry> advisor;  ///< a publication of the Spot Advisor to start from
};

}  // namespace spotvane::model
