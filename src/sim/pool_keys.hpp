#pragma once

#include "base/time.hpp"
#include "sim/value_noise.hpp"

#include <cstdint>

namespace spotvane::sim {

/// The streams of chance that a pool takes part in, from its own to those it shares.
struct PoolKeys {
  std::uint64_t own;
  std::uint64_t type;              ///< with the type in other regions
  std::uint64_t regional_pool;     ///< with the type in the region's other zones
  std::uint64_t family_in_region;  ///< with the family's other sizes in the region
  std::uint64_t family_in_zone;    ///< with those in the zone
};

/// The parts of a pool's streams. The numbers are part of what a seed means.
enum class Part : std::uint8_t {
  Level = 1,
  Swing,
  Days,
  Shift,
  Hours,
  Weeks,
  Premium,
  PriceSwing,
  PriceQuarters,
  PriceMonths,
  PriceFiveDays,
  PriceTwoDays,
  PriceDays,
  UpdateStart,
  UpdateMoment,
  RepeatStart,
  RepeatMoment,
};

inline std::uint64_t stream(std::uint64_t key, Part part) {
  return derive(key, static_cast<std::uint64_t>(part));
}

/// Where `at` lies in a rhythm of `period`, as `value_noise` wants it.
inline double position(TimePoint at, Duration period) {
  return static_cast<double>(at.time_since_epoch().count()) / static_cast<double>(period.count());
}

}  // namespace spotvane::sim
