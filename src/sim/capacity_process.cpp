#include "sim/capacity_process.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::sim {

namespace {

using std::chrono::hours;

// docs/lab.md says which figure was set by which observation.

double level(const PoolKeys& keys, const PoolTraits& traits) {
  double level = 6.4 - 0.95 * std::log(std::max(traits.vcpus, 1)) - 0.33 * (traits.band - 2);
  if (traits.has_accelerator) {
    level -= 0.3;
  }
  if (traits.is_bare_metal) {
    level += 0.3;  // not as scarce as its vCPUs alone would make it
  }
  return level + 0.8 * gaussian(stream(keys.type, Part::Level)) +
         1.1 * gaussian(stream(keys.family_in_region, Part::Level)) +
         1.1 * gaussian(stream(keys.family_in_zone, Part::Level)) +
         1.2 * gaussian(stream(keys.regional_pool, Part::Level)) +
         0.6 * gaussian(stream(keys.own, Part::Level));
}

/// +1 at midnight UTC, -1 at noon, straight in between: machines are free while people sleep.
double daily_tide(TimePoint at) {
  const double day = position(at, hours{24});
  return 2.0 * std::abs(2.0 * (day - std::floor(day)) - 1.0) - 1.0;
}

}  // namespace

CapacityProcess::CapacityProcess(const PoolKeys& keys, const PoolTraits& traits)
    : key_{keys.own},
      family_key_{keys.family_in_zone},
      level_{level(keys, traits)},
      swing_{std::min(0.26 * std::exp(0.9 * gaussian(stream(keys.own, Part::Swing))), 3.0)} {}

double WeeksOfCapacity::at(TimePoint at) {
  return (own_.at(position(at, hours{240})) + family_.at(position(at, hours{168}))) /
         std::sqrt(2.0);
}

double CapacityProcess::capacity(TimePoint at) const {
  const double drift = weeks().at(at) +
                       0.50 * value_noise(stream(key_, Part::Days), position(at, hours{48})) +
                       0.65 * value_noise(stream(key_, Part::Shift), position(at, hours{9})) +
                       0.40 * value_noise(stream(key_, Part::Hours), position(at, hours{2}));
  return std::exp(level_ + swing_ * (drift + 0.35 * daily_tide(at)));
}

}  // namespace spotvane::sim
