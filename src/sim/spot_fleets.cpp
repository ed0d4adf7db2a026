#include "sim/spot_fleets.hpp"

#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"

#include <algorithm>

namespace spotvane::sim {

namespace {

constexpr Duration kSoonestFill = std::chrono::seconds{1};
constexpr double kFillSpread = 3000.0;  // milliseconds
constexpr Duration kNextFill = std::chrono::seconds{20};
constexpr std::size_t kHistoryKept = 5000;

using FleetState = SpotFleet::State;

bool is_filling(const SpotFleet& fleet) {
  return fleet.state == FleetState::Active || fleet.state == FleetState::Modifying ||
         fleet.state == FleetState::Submitted;
}

}  // namespace

std::string_view state_text(const SpotFleet& fleet) {
  const bool is_spot = fleet.kind == SpotFleet::Kind::Spot;
  switch (fleet.state) {
    case FleetState::Submitted:
      return "submitted";
    case FleetState::Active:
      return "active";
    case FleetState::Modifying:
      return "modifying";
    case FleetState::CancelledRunning:
      return is_spot ? "cancelled_running" : "deleted_running";
    case FleetState::CancelledTerminating:
      return is_spot ? "cancelled_terminating" : "deleted_terminating";
    case FleetState::Cancelled:
      return is_spot ? "cancelled" : "deleted";
  }
  return "failed";
}

double SpotFleet::fulfilled(bool is_spot) const {
  double sum = 0.0;
  for (const auto& one : members) {
    sum += one.is_spot == is_spot ? one.weight : 0.0;
  }
  return sum;
}

Granted<SpotFleet*> SpotFleets::request(SpotFleet wanted) {
  const auto& token = wanted.order.token;
  const auto known = std::find_if(fleets_.begin(), fleets_.end(), [&](const SpotFleet& fleet) {
    return !token.text.empty() && fleet.order.owner == wanted.order.owner &&
           fleet.order.token.text == token.text;
  });
  if (known != fleets_.end()) {
    return known->order.token.parameters == token.parameters ? Granted<SpotFleet*>{&*known}
                                                             : tl::unexpected(mismatch(token));
  }
  const auto key = derive(seed_, ++things_);
  wanted.id = (wanted.kind == SpotFleet::Kind::Spot ? "sfr-" : "fleet-") + uuid_of(key);
  wanted.created_at = now();
  index_[wanted.id] = fleets_.size();
  auto& made = fleets_.emplace_back(std::move(wanted));
  tell(made, "fleetRequestChange", "submitted");
  look_at(made, kSoonestFill + Duration{static_cast<std::int64_t>(uniform(key) * kFillSpread)});
  return &made;
}

SpotFleet* SpotFleets::find(const Owner& owner, const std::string& id) {
  const auto found = index_.find(id);
  return found != index_.end() && fleets_[found->second].order.owner == owner
             ? &fleets_[found->second]
             : nullptr;
}

std::vector<const SpotFleet*> SpotFleets::list(const Owner& owner) const {
  std::vector<const SpotFleet*> found;
  for (const auto& fleet : fleets_) {
    if (fleet.order.owner == owner) {
      found.push_back(&fleet);
    }
  }
  return found;
}

void SpotFleets::tell(SpotFleet& fleet, std::string_view kind, std::string_view what,
                      std::string instance_id, std::string text) {
  fleet.history.push_back({now(), kind, what, std::move(instance_id), std::move(text)});
  if (fleet.history.size() > kHistoryKept) {
    fleet.history.pop_front();
  }
}

Granted<void> SpotFleets::modify(SpotFleet& fleet, int spot_target, int on_demand_target,
                                 bool ends_excess) {
  if (fleet.state != FleetState::Active || !fleet.maintains) {
    return tl::unexpected(
        MarketRefusal{"FleetNotInModifiableState",
                      "The fleet is not in a state, or not of a type, that can be modified."});
  }
  fleet.order.spot_target = spot_target;
  fleet.order.on_demand_target = on_demand_target;
  fleet.ends_excess = ends_excess;
  fleet.state = FleetState::Modifying;
  tell(fleet, "fleetRequestChange", "modify_in_progress");
  look_at(fleet, kSoonestFill + Duration{static_cast<std::int64_t>(
                                    uniform(derive(seed_, ++things_)) * kFillSpread)});
  return {};
}

Granted<void> SpotFleets::cancel(SpotFleet& fleet, bool ends_instances) {
  if (!is_filling(fleet)) {
    return tl::unexpected(MarketRefusal{"fleetRequestNotInCancellableState",
                                        "The fleet is not in a state that can be cancelled."});
  }
  fleet.cancelled_at = now();
  fleet.state = fleet.members.empty() ? FleetState::Cancelled
                : ends_instances      ? FleetState::CancelledTerminating
                                      : FleetState::CancelledRunning;
  tell(fleet, "fleetRequestChange", state_text(fleet));
  if (ends_instances) {
    const auto members = fleet.members;
    for (const auto& one : members) {
      market_.end(one.instance_id);
    }
  }
  return {};
}

void SpotFleets::look_at(SpotFleet& fleet, Duration after) {
  if (fleet.is_looked_at) {
    return;
  }
  fleet.is_looked_at = true;
  agenda_.at(now() + after, [this, &fleet] {
    fleet.is_looked_at = false;
    reconcile(fleet);
  });
}

void SpotFleets::reconcile(SpotFleet& fleet) {
  if (!is_filling(fleet)) {
    return;
  }
  const bool is_first = fleet.state == FleetState::Submitted;
  if (fleet.state != FleetState::Active) {
    tell(fleet, "fleetRequestChange", is_first ? "active" : "modify_succeeded");
    fleet.state = FleetState::Active;
  }
  if (!is_first && !fleet.maintains) {
    return;
  }
  const auto lacking = [&fleet](bool is_spot, int target) {
    return std::max(0.0, target - fleet.fulfilled(is_spot));
  };
  const auto outcome = market_.fill(fleet.order, fleet.id, lacking(true, fleet.order.spot_target),
                                    lacking(false, fleet.order.on_demand_target));
  for (const auto& launch : outcome.launches) {
    for (const auto& id : launch.instance_ids) {
      fleet.members.push_back(
          {id, fleet.order.candidates[launch.candidate].weight, launch.is_spot});
      tell(fleet, "instanceChange", "launched", id);
    }
  }
  if (fleet.ends_excess) {
    shrink(fleet, true, fleet.order.spot_target);
    shrink(fleet, false, fleet.order.on_demand_target);
  }
  if (lacking(true, fleet.order.spot_target) > 0.0 ||
      lacking(false, fleet.order.on_demand_target) > 0.0) {
    for (const auto& shortfall : outcome.shortfalls) {
      tell(fleet, "error", "allLaunchSpecsTemporarilyBlacklisted", {}, shortfall.why.message);
    }
    look_at(fleet, kNextFill);
  }
}

/// Ends the newest, as long as the target stays met.
void SpotFleets::shrink(SpotFleet& fleet, bool is_spot, double target) {
  const auto members = fleet.members;
  auto left = fleet.fulfilled(is_spot);
  for (auto one = members.rbegin(); one != members.rend(); ++one) {
    if (one->is_spot == is_spot && left - one->weight >= target) {
      left -= one->weight;
      tell(fleet, "instanceChange", "terminated", one->instance_id);
      std::erase_if(fleet.members,
                    [&](const FleetMember& each) { return each.instance_id == one->instance_id; });
      market_.end(one->instance_id);
    }
  }
}

SpotFleet* SpotFleets::fleet_of(const Instance& instance) {
  const auto found = index_.find(instance.fleet_id);
  return found == index_.end() ? nullptr : &fleets_[found->second];
}

void SpotFleets::noticed(const Instance& instance) {
  if (auto* fleet = fleet_of(instance)) {
    tell(*fleet, "instanceChange", "termination_notified", instance.id);
  }
}

void SpotFleets::shutting_down(const Instance& instance) {
  auto* fleet = fleet_of(instance);
  if (fleet == nullptr || std::erase_if(fleet->members, [&](const FleetMember& each) {
                            return each.instance_id == instance.id;
                          }) == 0) {
    return;
  }
  tell(*fleet, "instanceChange", "terminated", instance.id);
  if (fleet->members.empty() && (fleet->state == FleetState::CancelledRunning ||
                                 fleet->state == FleetState::CancelledTerminating)) {
    fleet->state = FleetState::Cancelled;
    tell(*fleet, "fleetRequestChange", state_text(*fleet));
  } else if (fleet->state == FleetState::Active && fleet->maintains) {
    look_at(*fleet, kSoonestFill + Duration{static_cast<std::int64_t>(
                                       uniform(derive(seed_, ++things_)) * kFillSpread)});
  }
}

}  // namespace spotvane::sim
