#include "lab/ec2_lasting_fleets.hpp"

#include "lab/fleet_form.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

namespace spotvane::lab {

namespace {

/// As long as a deleted fleet is still described.
constexpr Duration kDescribedAfterwards = std::chrono::hours{48};

}  // namespace

std::string_view activity_of(const sim::SpotFleet& fleet) {
  const auto target = static_cast<double>(fleet.target());
  const bool is_ending =
      fleet.state == sim::SpotFleet::State::CancelledTerminating || fleet.fulfilled() > target;
  return is_ending                    ? "pending_termination"
         : fleet.fulfilled() < target ? "pending_fulfillment"
                                      : "fulfilled";
}

void write_template_configs(wire::XmlWriter& xml, const sim::FleetOrder& order,
                            const ZoneNames& zones, std::string_view price) {
  xml.open("launchTemplateConfigs");
  const auto& all = order.candidates;
  for (std::size_t begin = 0; begin < all.size();) {
    xml.open("item").open("launchTemplateSpecification");
    xml.leaf("launchTemplateId", all[begin].label).leaf("version", "1").close();
    xml.open("overrides");
    auto i = begin;
    for (; i < all.size() && all[i].label == all[begin].label; ++i) {
      xml.open("item").leaf("instanceType", all[i].spec.type.text());
      if (!all[i].spec.zone.text().empty()) {
        xml.leaf("availabilityZone", zones.name(all[i].spec.zone));
      }
      if (all[i].max_price) {
        xml.leaf(price, to_text_six_places(*all[i].max_price));
      }
      xml.leaf("weightedCapacity", fmt::format("{}", all[i].weight));
      xml.leaf("priority", fmt::format("{}", all[i].priority)).close();
    }
    begin = i;
    xml.close().close();
  }
  xml.close();
}

void write_lasting_fleet(wire::XmlWriter& xml, const sim::SpotFleet& fleet,
                         const ZoneNames& zones) {
  const auto& order = fleet.order;
  xml.open("item").leaf("fleetId", fleet.id).leaf("fleetState", sim::state_text(fleet));
  xml.leaf("activityStatus", activity_of(fleet));
  xml.leaf("createTime", wire::to_timestamp(fleet.created_at));
  xml.leaf("type", fleet.maintains ? "maintain" : "request");
  xml.leaf("clientToken", order.token.text);
  xml.leaf("excessCapacityTerminationPolicy", fleet.ends_excess ? "termination" : "no-termination");
  xml.leaf("fulfilledCapacity", fmt::format("{}", fleet.fulfilled()));
  xml.leaf("fulfilledOnDemandCapacity", fmt::format("{}", fleet.fulfilled(false)));
  write_template_configs(xml, order, zones, "maxPrice");
  xml.open("targetCapacitySpecification");
  xml.leaf("totalTargetCapacity", fmt::to_string(fleet.target()));
  xml.leaf("onDemandTargetCapacity", fmt::to_string(order.on_demand_target));
  xml.leaf("spotTargetCapacity", fmt::to_string(order.spot_target));
  xml.leaf("defaultTargetCapacityType", "spot").close();
  xml.open("spotOptions").leaf("allocationStrategy", fleet_strategy_name(order.strategy));
  xml.leaf("instanceInterruptionBehavior", "terminate").close();
  xml.leaf("terminateInstancesWithExpiration", "false").leaf("replaceUnhealthyInstances", "false");
  write_tags(xml, fleet.tags);
  xml.close();
}

std::vector<const sim::Instance*> running_members(const World& world, const Call& call,
                                                  const sim::SpotFleet& fleet) {
  std::vector<const sim::Instance*> running;
  for (const auto& one : fleet.members) {
    const auto* instance = world.instances().find_any(one.instance_id);
    if (sim::state(*instance, call.as_of) == sim::InstanceState::Running) {
      running.push_back(instance);
    }
  }
  return running;
}

void write_active_instances(wire::XmlWriter& xml, const std::vector<const sim::Instance*>& running,
                            std::size_t first, std::size_t end) {
  xml.open("activeInstanceSet");
  for (auto i = first; i < end; ++i) {
    xml.open("item").leaf("instanceId", running[i]->id);
    xml.leaf("instanceType", running[i]->spec.type.text());
    if (running[i]->is_spot) {
      xml.leaf("spotInstanceRequestId", running[i]->spot_request_id);
    }
    xml.leaf("instanceHealth", "healthy").close();
  }
  xml.close();
}

sim::SpotFleet* find_lasting_fleet(World& world, const Call& call, const std::string& id) {
  auto* fleet = world.spot_fleets().find(owner_of(call), id);
  return fleet != nullptr && fleet->kind == sim::SpotFleet::Kind::Ec2 ? fleet : nullptr;
}

std::vector<const sim::SpotFleet*> list_lasting_fleets(World& world, const Call& call) {
  auto found = world.spot_fleets().list(owner_of(call));
  std::erase_if(found, [&](const sim::SpotFleet* fleet) {
    return fleet->kind != sim::SpotFleet::Kind::Ec2 ||
           (fleet->cancelled_at != sim::kNever &&
            fleet->cancelled_at + kDescribedAfterwards < call.now);
  });
  return found;
}

Answered<std::string> create_lasting_fleet(World& world, const Call& call) {
  auto order = read_fleet_order(world, call);
  if (!order) {
    return tl::unexpected(std::move(order.error()));
  }
  if (!order->instance_tags.empty()) {
    return refuse(
        400, "InvalidParameterValue",
        "'instance' is not a valid taggable resource type for this operation: only fleets "
        "of type instant tag their instances.");
  }
  auto tags = order->fleet_tags;
  const auto made = world.spot_fleets().request(
      {.id = {},
       .order = *std::move(order),
       .kind = sim::SpotFleet::Kind::Ec2,
       .maintains = text_parameter(call, "Type").value_or("maintain") == "maintain",
       .ends_excess = text_parameter(call, "ExcessCapacityTerminationPolicy") != "no-termination",
       .tags = std::move(tags)});
  if (!made) {
    return refuse(made.error());
  }
  world.watch();
  return xml_answer(call, [&](wire::XmlWriter& xml) { xml.leaf("fleetId", (*made)->id); });
}

Answered<std::string> modify_fleet(World& world, const Call& call) {
  const auto id = text_parameter(call, "FleetId");
  if (!id) {
    return refuse_missing("FleetId");
  }
  auto* fleet = find_lasting_fleet(world, call, *id);
  if (fleet == nullptr) {
    return refuse(400, "InvalidFleetId.NotFound", "The fleet ID '{}' does not exist", *id);
  }
  const auto targets = read_new_targets(call, fleet->order);
  if (!targets) {
    return tl::unexpected(targets.error());
  }
  const auto policy = text_parameter(call, "ExcessCapacityTerminationPolicy");
  const auto modified =
      world.spot_fleets().modify(*fleet, targets->first, targets->second,
                                 policy ? *policy != "no-termination" : fleet->ends_excess);
  if (!modified) {
    return refuse(modified.error());
  }
  return xml_answer(call, [](wire::XmlWriter& xml) { xml.leaf("return", "true"); });
}

}  // namespace spotvane::lab
