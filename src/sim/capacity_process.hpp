#pragma once

#include "base/time.hpp"
#include "sim/pool_keys.hpp"
#include "sim/pool_traits.hpp"

namespace spotvane::sim {

/// What weeks do to a pool's capacity: about standard normal, above 0 where there is more than
/// usual. Neighbouring moments are found sooner.
class WeeksOfCapacity {
 public:
  WeeksOfCapacity(std::uint64_t own_key, std::uint64_t family_key)
      : own_{stream(own_key, Part::Weeks)}, family_{stream(family_key, Part::Weeks)} {}
  double at(TimePoint at);

 private:
  NoiseWalk own_;
  NoiseWalk family_;
};

/// How many instances a pool could still start, as a function of time: drifts around a level of the
/// pool's own, in part together with its family in the zone.
class CapacityProcess {
 public:
  CapacityProcess(const PoolKeys& keys, const PoolTraits& traits);

  /// Above 0; a fraction where there is hardly one.
  double capacity(TimePoint at) const;

  WeeksOfCapacity weeks() const { return {key_, family_key_}; }

 private:
  std::uint64_t key_;
  std::uint64_t family_key_;
  double level_;  // logarithm of the median
  double swing_;
};

}  // namespace spotvane::sim
