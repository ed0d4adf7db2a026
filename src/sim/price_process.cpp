#include "sim/price_process.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::sim {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// AWS looks at a price every 4.6 to 7.6 hours; any interval between is as likely as another.
constexpr Duration kUpdatePeriod = minutes{366};
/// Where nothing changes, it tells the price again after 24 h and some seconds.
constexpr Duration kRepeatPeriod = hours{24} + seconds{28};
constexpr Duration kRepeatSpread = seconds{13};
constexpr Duration kQuietBeforeRepeat = hours{12};

// docs/lab.md says which figure was set by which observation.

double premium(const PoolKeys& keys) {
  const double deviation = 0.85 * gaussian(stream(keys.regional_pool, Part::Premium)) +
                           0.48 * gaussian(stream(keys.own, Part::Premium)) -
                           0.20 * gaussian(stream(keys.own, Part::Level));
  return 0.03 + 0.16 * deviation * std::exp(0.2 * std::max(deviation, 0.0));
}

/// The middle of a period, give or take a part of `spread`.
Duration moment(std::uint64_t key, std::int64_t number, Duration spread) {
  const double where = 2.0 * uniform(derive(key, static_cast<std::uint64_t>(number))) - 1.0;
  return Duration{static_cast<std::int64_t>(where * static_cast<double>(spread.count()))};
}

Duration part_of(Duration whole, double part) {
  return Duration{static_cast<std::int64_t>(part * static_cast<double>(whole.count()))};
}

}  // namespace

/// Moves a price: around 0, above where it is higher than usual. Neighbouring moments are
/// found sooner.
class PriceProcess::Drift {
 public:
  Drift(std::uint64_t key, const CapacityProcess& capacity)
      : weeks_{capacity.weeks()},
        quarters_{stream(key, Part::PriceQuarters)},
        months_{stream(key, Part::PriceMonths)},
        five_days_{stream(key, Part::PriceFiveDays)},
        two_days_{stream(key, Part::PriceTwoDays)},
        days_{stream(key, Part::PriceDays)} {}

  double at(TimePoint at) {
    return 1.30 * quarters_.at(position(at, hours{1500})) +
           0.45 * months_.at(position(at, hours{480})) - 0.40 * weeks_.at(at) +
           0.30 * five_days_.at(position(at, hours{120})) +
           0.10 * two_days_.at(position(at, hours{48})) + 0.05 * days_.at(position(at, hours{24}));
  }

 private:
  WeeksOfCapacity weeks_;
  NoiseWalk quarters_;
  NoiseWalk months_;
  NoiseWalk five_days_;
  NoiseWalk two_days_;
  NoiseWalk days_;
};

PriceProcess::PriceProcess(const PoolKeys& keys, const PoolTraits& traits,
                           const CapacityProcess& capacity)
    : key_{keys.own},
      capacity_{capacity},
      floor_usd_{traits.on_demand_usd * (1.0 - traits.savings)},
      ceiling_usd_{traits.on_demand_usd},
      premium_{premium(keys)},
      swing_{std::min(0.05 * std::exp(0.9 * gaussian(stream(key_, Part::PriceSwing))), 0.5)},
      never_changes_{floor_usd_ >= ceiling_usd_ || premium_ + 3.5 * swing_ < 0.0},
      update_start_{part_of(2 * kUpdatePeriod, uniform(stream(key_, Part::UpdateStart)))},
      repeat_start_{part_of(kRepeatPeriod, uniform(stream(key_, Part::RepeatStart)))} {}

/// Every other update keeps to its hour and the one between falls anywhere: then every interval is
/// evenly spread, and any update is found at once.
TimePoint PriceProcess::update_time(std::int64_t update) const {
  const auto spread = update % 2 == 0 ? minutes{2} : minutes{90};
  const auto into = moment(stream(key_, Part::UpdateMoment), update, spread);
  // AWS stamps prices with whole seconds.
  return std::chrono::floor<seconds>(TimePoint{update_start_ + update * kUpdatePeriod + into});
}

std::int64_t PriceProcess::update_at(TimePoint at) const {
  auto update = (at.time_since_epoch() - update_start_) / kUpdatePeriod + 1;
  while (update_time(update) > at) {
    --update;
  }
  return update;
}

TimePoint PriceProcess::repeat_time(std::int64_t repeat) const {
  const auto into = moment(stream(key_, Part::RepeatMoment), repeat, kRepeatSpread);
  return std::chrono::floor<seconds>(TimePoint{repeat_start_ + repeat * kRepeatPeriod + into});
}

std::int64_t PriceProcess::repeat_at(TimePoint at) const {
  auto repeat = (at.time_since_epoch() - repeat_start_) / kRepeatPeriod + 1;
  while (repeat_time(repeat) > at) {
    --repeat;
  }
  return repeat;
}

Money PriceProcess::price_after(std::int64_t update, Drift& drift) const {
  const double over_floor =
      never_changes_ ? 0.0 : std::max(premium_ + swing_ * drift.at(update_time(update)), 0.0);
  // In AWS's steps of a hundredth of a cent, and not rounded up above on-demand.
  const auto steps = std::llround(floor_usd_ * std::exp(over_floor) * 1e4);
  const auto most = static_cast<long long>(std::floor(ceiling_usd_ * 1e4 + 1e-6));
  return Money::from_micros(100 * std::max(std::min(steps, most), 1LL));
}

Money PriceProcess::price(TimePoint at) const {
  Drift drift{key_, capacity_};
  return price(at, drift);
}

std::optional<PriceRow> PriceProcess::last_change(TimePoint after, TimePoint until,
                                                  Drift& drift) const {
  if (never_changes_) {
    return std::nullopt;
  }
  auto update = update_at(until);
  auto at = update_time(update);
  if (at <= after) {
    return std::nullopt;
  }
  auto price = price_after(update, drift);
  while (at > after) {
    const auto before = price_after(update - 1, drift);
    if (before != price) {
      return PriceRow{at, price};
    }
    price = before;
    at = update_time(--update);
  }
  return std::nullopt;
}

bool PriceProcess::is_told(TimePoint repeat, Drift& drift) const {
  return !last_change(repeat - kQuietBeforeRepeat, repeat, drift);
}

PriceRow PriceProcess::row_at(TimePoint at) const {
  Drift drift{key_, capacity_};
  const auto repeat = repeat_time(repeat_at(at));
  if (const auto changed = last_change(repeat, at, drift)) {
    return *changed;
  }
  // A repeat is left out because of a change, and that is the last row then.
  const auto changed = last_change(repeat - kQuietBeforeRepeat, repeat, drift);
  return changed.value_or(PriceRow{repeat, price(repeat, drift)});
}

std::vector<PriceRow> PriceProcess::changes(TimePoint from, TimePoint to, Drift& drift) const {
  std::vector<PriceRow> found;
  auto update = update_at(from);
  if (never_changes_ || update_time(update + 1) > to) {
    return found;
  }
  auto price = price_after(update, drift);
  for (auto at = update_time(++update); at <= to; at = update_time(++update)) {
    if (const auto next = price_after(update, drift); next != price) {
      found.push_back({at, next});
      price = next;
    }
  }
  return found;
}

std::vector<PriceRow> PriceProcess::rows(TimePoint from, TimePoint to) const {
  Drift drift{key_, capacity_};
  auto found = changes(from, to, drift);
  const auto changed = found.size();
  std::size_t next = 0;  // of the changes, the first after the repeat
  auto repeat = repeat_at(from);
  for (auto told = repeat_time(++repeat); told <= to; told = repeat_time(++repeat)) {
    while (next < changed && found[next].at <= told) {
      ++next;
    }
    const bool is_quiet_since_from = next == 0 || found[next - 1].at <= told - kQuietBeforeRepeat;
    if (is_quiet_since_from && (told - kQuietBeforeRepeat >= from || is_told(told, drift))) {
      found.push_back({told, next > 0 ? found[next - 1].price : price(told, drift)});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const PriceRow& left, const PriceRow& right) { return left.at < right.at; });
  return found;
}

}  // namespace spotvane::sim
