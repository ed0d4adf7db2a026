#pragma once

#include "base/named.hpp"

#include <vector>

namespace spotvane::model {

/// "us-east-1".
using Region = Named<struct RegionTag>;

/// "use1-az4": the physical availability zone, the same for every account.
using ZoneId = Named<struct ZoneIdTag>;

/// "us-east-1a": an account's own name for a zone.
using ZoneName = Named<struct ZoneNameTag>;

/// One availability zone as an account sees it.
struct Zone {
  Region region;
  ZoneId id;
  ZoneName name;

  friend bool operator==(const Zone&, const Zone&) = default;
};

/// A region and whether the account may use it.
struct RegionStatus {
  Region region;
  bool is_enabled = true;
};

}  // namespace spotvane::model
