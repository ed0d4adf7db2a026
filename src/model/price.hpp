#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "model/instance_type.hpp"
#include "model/place.hpp"

#include <string>

namespace spotvane::model {

/// One change of a pool's spot price; it holds until the next one.
struct SpotPrice {
  InstanceType type;
  ZoneName zone_name;
  ZoneId zone_id;       ///< empty where the answer did not carry it
  std::string product;  ///< "Linux/UNIX"
  Money price_per_hour;
  TimePoint at;
};

/// What a type costs per hour in a region on demand, Linux, shared tenancy.
struct OnDemandPrice {
  InstanceType type;
  Region region;
  Money price_per_hour;
};

}  // namespace spotvane::model
