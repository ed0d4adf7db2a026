#include "sim/instance_market_impl.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::sim {

namespace {

/// On demand a pool starts so many times as many: set by how many of 806 types a year of launches
/// never got.
constexpr double kOnDemandShare = 12.0;
/// What is never offered as spot has no capacity of its own in the market.
constexpr double kOnDemandOnly = 50.0;
/// How readily a pool gives what it has: 78 % of the times with room for one, 99 % for three.
constexpr double kReadiness = 1.5;

/// A price holds for so long at least, as far as one instance is concerned.
constexpr Duration kBilledHour = std::chrono::hours{1};

}  // namespace

InstanceMarket::Impl::Usage& InstanceMarket::Impl::usage_of(const model::Pool& pool) {
  const auto [place, is_new] =
      usage_index.try_emplace(pool, static_cast<std::uint32_t>(usages.size()));
  if (is_new) {
    usages.push_back({.pool = pool});
  }
  return usages[place->second];
}

double InstanceMarket::Impl::room(const model::Pool& pool, bool is_spot) const {
  const auto capacity = market.capacity(pool, now);
  const auto found = usage_index.find(pool);
  const auto& used = found == usage_index.end() ? Usage{.pool = pool} : usages[found->second];
  if (is_spot) {
    return capacity.value_or(0.0) * conditions.capacity_factor - used.spot;
  }
  const auto all = capacity ? *capacity * kOnDemandShare : kOnDemandOnly;
  return all * conditions.capacity_factor - used.on_demand;
}

std::vector<model::ZoneId> InstanceMarket::Impl::zones_for(const Owner& owner,
                                                           const LaunchSpec& spec) const {
  auto zones = book.zones_offering({spec.type, owner.region});
  if (!spec.zone.text().empty()) {
    std::erase_if(zones, [&spec](const model::ZoneId& zone) { return zone != spec.zone; });
  }
  return zones;
}

model::ZoneId InstanceMarket::Impl::roomiest(const Owner& owner, const LaunchSpec& spec,
                                             bool is_spot) const {
  model::ZoneId best;
  double most = 0.0;
  for (const auto& zone : zones_for(owner, spec)) {
    const auto there = room({spec.type, owner.region, zone}, is_spot);
    if (best.text().empty() || there > most) {
      best = zone;
      most = there;
    }
  }
  return best;
}

int InstanceMarket::Impl::find_room(const model::Pool& pool, bool is_spot, int most) {
  const auto there = room(pool, is_spot);
  const auto luck = next_key();
  const auto refused = is_spot ? std::exp(-kReadiness * there) : 0.0;
  if (there < 1.0 || uniform(derive(luck, "readiness")) < refused ||
      uniform(derive(luck, "shortage")) < conditions.shortage) {
    return 0;
  }
  return there >= most ? most : static_cast<int>(there);
}

Money InstanceMarket::Impl::highest_price(const model::RegionalPool& pool,
                                          std::optional<Money> max_price) const {
  constexpr Money kNoLimit = Money::from_micros(std::numeric_limits<std::int64_t>::max());
  return max_price ? *max_price : book.on_demand_price(pool).value_or(kNoLimit);
}

double InstanceMarket::room(const model::Pool& pool, bool is_spot) const {
  return impl_->room(pool, is_spot);
}

std::vector<InstanceMarket::HourlyPrice> InstanceMarket::billed_prices(const Instance& instance,
                                                                       TimePoint until) const {
  const auto billed = billed_time(instance, until);
  if (!billed) {
    return {};
  }
  const model::Pool pool{instance.spec.type, instance.owner.region, instance.spec.zone};
  const auto on_demand = impl_->book.on_demand_price({pool.type, pool.region}).value_or(Money{});
  std::vector<HourlyPrice> prices;
  for (auto hour = billed->from; hour < billed->to; hour += kBilledHour) {
    const auto spot = instance.is_spot ? impl_->market.price(pool, hour) : std::nullopt;
    prices.push_back({hour, spot.value_or(on_demand)});
  }
  return prices;
}

std::map<Day, Money> InstanceMarket::cost_by_day(const Instance& instance, TimePoint until) const {
  const auto billed = billed_time(instance, until);
  std::map<Day, double> dollars;
  for (const auto& [hour, price] : billed_prices(instance, until)) {
    const auto rate = price.dollars() / static_cast<double>(kBilledHour.count());
    const auto last = std::min(billed->to, hour + kBilledHour);
    const auto midnight = std::min<TimePoint>(last, day_of(hour) + std::chrono::days{1});
    dollars[day_of(hour)] += rate * static_cast<double>((midnight - hour).count());
    if (last > midnight) {
      dollars[day_of(midnight)] += rate * static_cast<double>((last - midnight).count());
    }
  }
  std::map<Day, Money> by_day;
  for (const auto& [day, sum] : dollars) {
    by_day[day] = Money::from_dollars(sum);
  }
  return by_day;
}

Money InstanceMarket::cost(const Instance& instance, TimePoint until) const {
  Money sum;
  for (const auto& [day, cost] : cost_by_day(instance, until)) {
    sum = sum + cost;
  }
  return sum;
}

}  // namespace spotvane::sim
