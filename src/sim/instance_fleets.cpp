#include "sim/instance_market_impl.hpp"
#include "sim/launch_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace spotvane::sim {

namespace {

/// One candidate in one zone, and what makes it better than another.
struct Berth {
  std::size_t candidate;
  model::Pool pool;
  double price;  // of a unit of the target, in dollars
  double room;
  double priority;
};

using Rank = std::tuple<double, double>;  // lower is better

Rank rank(const Berth& berth, FleetStrategy strategy) {
  switch (strategy) {
    case FleetStrategy::LowestPrice:
    case FleetStrategy::Diversified:
      return {berth.price, -berth.room};
    case FleetStrategy::CapacityOptimized:
      return {-berth.room, berth.price};
    case FleetStrategy::CapacityOptimizedPrioritized:
      return {berth.priority, -berth.room};
    case FleetStrategy::PriceCapacityOptimized:
      return {berth.price * launch_strain(berth.room), berth.price};
  }
  return {};
}

std::string fleet_id(std::uint64_t key) {
  const auto low = derive(key, 1);
  return fmt::format("fleet-{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", key >> 32U,
                     (key >> 16U) & 0xffffU, key & 0xfffU, 0x8000U | ((low >> 48U) & 0x3fffU),
                     low & 0xffffffffffffU);
}

MarketRefusal unfulfillable(bool is_spot) {
  return {"InsufficientInstanceCapacity",
          is_spot ? "There is no Spot capacity available that matches your request."
                  : "We currently do not have sufficient capacity in the Availability Zone you "
                    "requested."};
}

/// The launches and failures of one fleet, as one of its two kinds of capacity is filled.
class Filling {
 public:
  Filling(InstanceMarket::Impl& market, const FleetOrder& order, bool is_spot,
          FleetOutcome& outcome)
      : market_{market}, order_{order}, is_spot_{is_spot}, outcome_{outcome} {}

  /// How much of the target came of it.
  double fill(double target) {
    if (target <= 0.0) {
      return 0.0;
    }
    auto berths = this->berths();
    std::stable_sort(berths.begin(), berths.end(), [this](const Berth& left, const Berth& right) {
      return rank(left, strategy()) < rank(right, strategy());
    });
    double filled = 0.0;
    for (std::size_t i = 0; i < berths.size() && filled < target; ++i) {
      const auto left = target - filled;
      const auto share = strategy() == FleetStrategy::Diversified
                             ? left / static_cast<double>(berths.size() - i)
                             : left;
      filled += launch(berths[i], share);
    }
    return filled;
  }

 private:
  FleetStrategy strategy() const { return is_spot_ ? order_.strategy : FleetStrategy::LowestPrice; }

  std::vector<Berth> berths() {
    std::vector<Berth> found;
    for (std::size_t i = 0; i < order_.candidates.size(); ++i) {
      const auto& candidate = order_.candidates[i];
      if (!candidate.bad_parameter.empty()) {
        fail(i, candidate.spec.zone, {"InvalidParameterValue", candidate.bad_parameter});
        continue;
      }
      const auto zones = market_.zones_for(order_.owner, candidate.spec);
      if (zones.empty()) {
        fail(i, candidate.spec.zone,
             {"InvalidFleetConfiguration",
              fmt::format("Your requested instance type ({}) is not supported in your requested "
                          "Availability Zone.",
                          candidate.spec.type)});
      }
      for (const auto& zone : zones) {
        const model::Pool pool{candidate.spec.type, order_.owner.region, zone};
        const auto spot = market_.market.price(pool, market_.now);
        const auto on_demand = market_.book.on_demand_price({pool.type, pool.region});
        const auto price = is_spot_ ? spot : on_demand;
        if (!price) {
          fail(i, zone, unfulfillable(is_spot_));
        } else if (is_spot_ &&
                   *price > market_.highest_price({pool.type, pool.region}, candidate.max_price)) {
          fail(i, zone,
               {"SpotMaxPriceTooLow",
                fmt::format(
                    "Your Spot request price is lower than the minimum required Spot request "
                    "fulfillment price of {}.",
                    to_text(*price))});
        } else {
          found.push_back({i, pool, price->dollars() / candidate.weight,
                           market_.room(pool, is_spot_), candidate.priority});
        }
      }
    }
    return found;
  }

  double launch(const Berth& berth, double share) {
    const auto& candidate = order_.candidates[berth.candidate];
    const auto wanted = static_cast<int>(std::ceil(share / candidate.weight));
    const auto vcpus = market_.book.type(berth.pool.type)->vcpus;
    auto count = market_.find_room(berth.pool, is_spot_, wanted);
    if (count < wanted) {
      fail(berth.candidate, berth.pool.zone, unfulfillable(is_spot_));
    }
    Granted<void> allowed;
    while (count > 0 && !(allowed = market_.check_limit(order_.owner, vcpus * count, is_spot_))) {
      --count;
    }
    if (!allowed) {
      fail(berth.candidate, berth.pool.zone, allowed.error());
    }
    if (count == 0) {
      return 0.0;
    }
    RunOrder order{.owner = order_.owner,
                   .spec = candidate.spec,
                   .is_spot = is_spot_,
                   .max_price = candidate.max_price,
                   .instance_tags = order_.instance_tags};
    order.spec.zone = berth.pool.zone;
    order.instance_tags[outcome_.fleet_id.starts_with("sfr-") ? "aws:ec2spot:fleet-request-id"
                                                              : "aws:ec2:fleet-id"] =
        outcome_.fleet_id;
    FleetLaunch launched{berth.candidate, berth.pool.zone, is_spot_, {}};
    for (const auto index : market_.run_in_zone(order, count, outcome_.fleet_id)) {
      launched.instance_ids.push_back(market_.instances[index].id);
    }
    outcome_.launches.push_back(std::move(launched));
    return count * candidate.weight;
  }

  void fail(std::size_t candidate, const model::ZoneId& zone, MarketRefusal why) {
    outcome_.shortfalls.push_back({candidate, zone, is_spot_, std::move(why)});
  }

  InstanceMarket::Impl& market_;
  const FleetOrder& order_;
  bool is_spot_;
  FleetOutcome& outcome_;
};

}  // namespace

/// How much of a spot target there is room for.
double InstanceMarket::Impl::spot_room(const FleetOrder& order) const {
  double rooms = 0.0;
  for (const auto& candidate : order.candidates) {
    for (const auto& zone : zones_for(order.owner, candidate.spec)) {
      const auto there = room({candidate.spec.type, order.owner.region, zone}, true);
      rooms += candidate.weight * std::max(0.0, std::floor(there));
    }
  }
  return rooms;
}

Granted<FleetOutcome> InstanceMarket::create_fleet(const FleetOrder& order) {
  auto& it = *impl_;
  const auto known = it.recall(order.owner, "CreateFleet", order.token);
  if (!known) {
    return tl::unexpected(known.error());
  }
  if (*known != nullptr) {
    return (*known)->fleet;
  }
  const auto key = it.next_key();
  FleetOutcome outcome{.fleet_id = fleet_id(key), .launches = {}, .shortfalls = {}};
  double spot = 0.0;
  double on_demand = 0.0;
  if (order.least_spot && it.spot_room(order) < *order.least_spot) {
    for (std::size_t i = 0; i < order.candidates.size(); ++i) {
      outcome.shortfalls.push_back({i, order.candidates[i].spec.zone, true, unfulfillable(true)});
    }
  } else {
    spot = Filling{it, order, true, outcome}.fill(order.spot_target);
  }
  on_demand = Filling{it, order, false, outcome}.fill(order.on_demand_target);
  const auto index = static_cast<std::uint32_t>(it.fleets.size());
  it.fleets.push_back({.id = outcome.fleet_id,
                       .order = order,
                       .outcome = outcome,
                       .created_at = it.now,
                       .visible_at = it.visible_from(key),
                       .fulfilled_spot = spot,
                       .fulfilled_on_demand = on_demand,
                       .tags = order.fleet_tags});
  it.holdings[order.owner].fleets.push_back(index);
  it.remember(order.owner, "CreateFleet", order.token,
              {.parameters = {}, .made = {index}, .fleet = outcome});
  return outcome;
}

FleetOutcome InstanceMarket::fill(const FleetOrder& order, const std::string& fleet_id, double spot,
                                  double on_demand) {
  FleetOutcome outcome{.fleet_id = fleet_id, .launches = {}, .shortfalls = {}};
  Filling{*impl_, order, true, outcome}.fill(spot);
  Filling{*impl_, order, false, outcome}.fill(on_demand);
  return outcome;
}

Granted<const Fleet*> InstanceMarket::delete_fleet(const Owner& owner, const std::string& id) {
  for (const auto index : impl_->holdings[owner].fleets) {
    auto& fleet = impl_->fleets[index];
    if (fleet.id == id && fleet.visible_at <= impl_->now && impl_->now < fleet.deleted_at) {
      fleet.deleted_at = impl_->now;
      return &fleet;
    }
  }
  return tl::unexpected(
      MarketRefusal{"fleetIdDoesNotExist", fmt::format("The fleet ID '{}' does not exist", id)});
}

}  // namespace spotvane::sim
