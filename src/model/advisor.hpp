#pragma once

#include "model/instance_type.hpp"
#include "model/place.hpp"

#include <array>
#include <string>
#include <string_view>

namespace spotvane::model {

/// The Spot Advisor's interruption bands, r = 0..4: <5 %, 5-10 %, 10-15 %, 15-20 %, >20 %.
inline constexpr int kInterruptionBands = 5;

/// How the Spot Advisor writes them.
inline constexpr std::array<std::string_view, kInterruptionBands> kBandTexts{
    "<5%", "5-10%", "10-15%", "15-20%", ">20%"};

/// What the Spot Advisor says of a regional pool.
struct AdvisorEntry {
  InstanceType type;
  Region region;
  std::string os;           ///< "Linux" or "Windows"
  int band = 0;             ///< interruption band r, 0..4
  int savings_percent = 0;  ///< below on-demand, whole per cent; negative where spot costs more
};

/// What the Spot Advisor says of an instance type, wherever it is offered.
struct AdvisedType {
  InstanceType type;
  int vcpus = 0;
  double memory_gib = 0.0;
  bool works_with_emr = false;

  friend bool operator==(const AdvisedType&, const AdvisedType&) = default;
};

}  // namespace spotvane::model
