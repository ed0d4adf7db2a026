#pragma once

#include "model/instance_type.hpp"
#include "model/place.hpp"

#include <string>

namespace spotvane::model {

/// The Spot Advisor's interruption bands, r = 0..4: <5 %, 5-10 %, 10-15 %, 15-20 %, >20 %.
inline constexpr int kInterruptionBands = 5;

/// What the Spot Advisor says of a regional pool.
struct AdvisorEntry {
  InstanceType type;
  Region region;
  std::string os;           ///< "Linux" or "Windows"
  int band = 0;             ///< interruption band r, 0..4
  int savings_percent = 0;  ///< below on-demand, whole per cent; negative where spot costs more
};

}  // namespace spotvane::model
