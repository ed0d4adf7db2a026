#include "sim/pool_process.hpp"

#include "sim/value_noise.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::sim {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

/// The parts of a pool's stream. The numbers are part of what a seed means.
enum class Part : std::uint8_t {
  Level = 1,
  Swing,
  Days,
  Shift,
  Hours,
  FamilyDrift,
  ZonePrice,
  PriceSwing,
  PriceMonths,
  PriceDays,
  PriceEpoch,
  PriceStart,
  PriceMoment,
  Quiet,
};

std::uint64_t stream(std::uint64_t key, Part part) {
  return derive(key, static_cast<std::uint64_t>(part));
}

double position(TimePoint at, Duration period) {
  return static_cast<double>(at.time_since_epoch().count()) / static_cast<double>(period.count());
}

/// +1 at midnight UTC, -1 at noon, straight in between: machines are free while people sleep.
double daily_tide(TimePoint at) {
  const double day = position(at, hours{24});
  return 2.0 * std::abs(2.0 * (day - std::floor(day)) - 1.0) - 1.0;
}

// The figures below were set so that scores and prices spread like real ones: of single-type
// scores for one instance 86 % are 3 and 10 % are 1 (SpotLake, July 2022), about one pool in eleven
// changes its score on a given day, a price moves one to four times a day, by 0.1 % in the median,
// and within 90 days by 11 % in the median and 40 % in the volatile tenth (us-east-1, spring 2021).

double capacity_level(std::uint64_t key, const PoolTraits& traits) {
  double level = 4.7 - 0.45 * traits.band - 0.35 * std::log2(std::max(traits.vcpus, 1) / 4.0);
  if (traits.has_accelerator) {
    level -= 1.2;
  }
  if (traits.is_bare_metal) {
    level -= 0.6;
  }
  return level + 1.9 * gaussian(stream(key, Part::Level));
}

double price_swing(std::uint64_t key, int band) {
  if (uniform(stream(key, Part::Quiet)) < 0.2) {
    return 0.0;
  }
  return std::min((0.030 + 0.010 * band) * std::exp(0.8 * gaussian(stream(key, Part::PriceSwing))),
                  0.15);
}

}  // namespace

PoolProcess::PoolProcess(std::uint64_t key, std::uint64_t family_key, const PoolTraits& traits)
    : key_{key},
      family_key_{family_key},
      capacity_level_{capacity_level(key, traits)},
      capacity_swing_{(0.12 + 0.05 * traits.band) *
                      std::exp(0.7 * gaussian(stream(key, Part::Swing)))},
      median_usd_{traits.on_demand_usd * (1.0 - traits.savings) *
                  std::exp(0.05 * gaussian(stream(key, Part::ZonePrice)))},
      ceiling_usd_{traits.on_demand_usd},
      price_swing_{price_swing(key, traits.band)},
      epoch_{static_cast<std::int64_t>(static_cast<double>(milliseconds{hours{24}}.count()) /
                                       (1.0 + 3.0 * uniform(stream(key, Part::PriceEpoch))))},
      epoch_start_{static_cast<std::int64_t>(static_cast<double>(epoch_.count()) *
                                             uniform(stream(key, Part::PriceStart)))} {}

double PoolProcess::capacity(TimePoint at) const {
  const double drift =
      0.55 * value_noise(stream(family_key_, Part::FamilyDrift), position(at, hours{72})) +
      0.60 * value_noise(stream(key_, Part::Days), position(at, hours{36})) +
      0.50 * value_noise(stream(key_, Part::Shift), position(at, hours{9})) +
      0.25 * value_noise(stream(key_, Part::Hours), position(at, hours{2}));
  return std::exp(capacity_level_ + capacity_swing_ * (drift + 0.3 * daily_tide(at)));
}

std::int64_t PoolProcess::price_change_at(TimePoint at) const {
  const auto since = at.time_since_epoch() - epoch_start_;
  auto change = static_cast<std::int64_t>(since / epoch_);
  if (since < change * epoch_) {
    --change;  // division cuts towards zero
  }
  return price_change_time(change) <= at ? change : change - 1;
}

TimePoint PoolProcess::price_change_time(std::int64_t change) const {
  const double moment =
      0.8 * uniform(derive(stream(key_, Part::PriceMoment), static_cast<std::uint64_t>(change)));
  const Duration into_epoch{
      static_cast<std::int64_t>(moment * static_cast<double>(epoch_.count()))};
  // AWS stamps prices with whole seconds.
  return std::chrono::floor<std::chrono::seconds>(
      TimePoint{epoch_start_ + change * epoch_ + into_epoch});
}

Money PoolProcess::price_after(std::int64_t change) const {
  double usd = median_usd_;
  if (price_swing_ > 0.0) {
    const auto at = price_change_time(change);
    const double drift =
        0.92 * value_noise(stream(key_, Part::PriceMonths), position(at, hours{480})) +
        0.40 * value_noise(stream(key_, Part::PriceDays), position(at, hours{120}));
    usd *= std::exp(price_swing_ * drift);
  }
  const double ten_thousandths = std::round(std::min(usd, ceiling_usd_) * 1e4);
  return Money::from_micros(100 *
                            std::max<std::int64_t>(1, static_cast<std::int64_t>(ten_thousandths)));
}

}  // namespace spotvane::sim
