#include "lab/ec2_fleets.hpp"

#include "base/number.hpp"
#include "lab/ec2_lasting_fleets.hpp"
#include "lab/filter.hpp"
#include "lab/fleet_form.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr PageSizes kFleetPages{.least = 1, .most = 1000, .ordinary = 1000};

std::string_view lifecycle(bool is_spot) {
  return is_spot ? "spot" : "on-demand";
}

void write_choice(wire::XmlWriter& xml, const sim::FleetOrder& order, std::size_t candidate,
                  const ZoneNames& zones, const model::ZoneId& zone) {
  const auto& chosen = order.candidates[candidate];
  xml.open("launchTemplateAndOverrides").open("launchTemplateSpecification");
  xml.leaf("launchTemplateId", chosen.label).leaf("version", "1").close();
  xml.open("overrides").leaf("instanceType", chosen.spec.type.text());
  if (!zone.text().empty()) {
    xml.leaf("availabilityZone", zones.name(zone));
  }
  xml.close().close();
}

void write_launches(wire::XmlWriter& xml, const sim::FleetOrder& order,
                    const sim::FleetOutcome& outcome, const ZoneNames& zones) {
  xml.open("fleetInstanceSet");
  for (const auto& launch : outcome.launches) {
    xml.open("item");
    write_choice(xml, order, launch.candidate, zones, launch.zone);
    xml.leaf("lifecycle", lifecycle(launch.is_spot)).open("instanceIds");
    for (const auto& id : launch.instance_ids) {
      xml.leaf("item", id);
    }
    xml.close();
    xml.leaf("instanceType", order.candidates[launch.candidate].spec.type.text()).close();
  }
  xml.close();
}

void write_shortfalls(wire::XmlWriter& xml, const sim::FleetOrder& order,
                      const sim::FleetOutcome& outcome, const ZoneNames& zones) {
  xml.open("errorSet");
  for (const auto& shortfall : outcome.shortfalls) {
    xml.open("item");
    write_choice(xml, order, shortfall.candidate, zones, shortfall.zone);
    xml.leaf("lifecycle", lifecycle(shortfall.is_spot));
    xml.leaf("errorCode", shortfall.why.code).leaf("errorMessage", shortfall.why.message).close();
  }
  xml.close();
}

std::string state_of(const sim::Fleet& fleet, TimePoint as_of) {
  return as_of >= fleet.deleted_at ? "deleted_terminating" : "active";
}

void write_fleet(wire::XmlWriter& xml, const sim::Fleet& fleet, const ZoneNames& zones,
                 TimePoint as_of) {
  const auto& order = fleet.order;
  xml.open("item").leaf("fleetId", fleet.id).leaf("fleetState", state_of(fleet, as_of));
  xml.leaf("createTime", wire::to_timestamp(fleet.created_at)).leaf("type", "instant");
  xml.leaf("clientToken", order.token.text);
  xml.leaf("fulfilledCapacity",
           fmt::format("{}", fleet.fulfilled_spot + fleet.fulfilled_on_demand));
  xml.leaf("fulfilledOnDemandCapacity", fmt::format("{}", fleet.fulfilled_on_demand));
  xml.open("targetCapacitySpecification");
  xml.leaf("totalTargetCapacity", fmt::to_string(order.spot_target + order.on_demand_target));
  xml.leaf("onDemandTargetCapacity", fmt::to_string(order.on_demand_target));
  xml.leaf("spotTargetCapacity", fmt::to_string(order.spot_target)).close();
  write_tags(xml, fleet.tags);
  write_shortfalls(xml, order, fleet.outcome, zones);
  write_launches(xml, order, fleet.outcome, zones);
  xml.close();
}

/// A fleet of either kind.
struct Shown {
  const sim::Fleet* instant = nullptr;
  const sim::SpotFleet* lasting = nullptr;
};

std::string filter_value(const Shown& one, std::string_view filter, TimePoint as_of) {
  if (one.lasting == nullptr) {
    return filter == "type" ? "instant" : state_of(*one.instant, as_of);
  }
  if (filter == "type") {
    return one.lasting->maintains ? "maintain" : "request";
  }
  return std::string{filter == "activity-status" ? activity_of(*one.lasting)
                     : filter == "excess-capacity-termination-policy"
                         ? (one.lasting->ends_excess ? "termination" : "no-termination")
                     : filter == "replace-unhealthy-instances" ? "false"
                                                               : sim::state_text(*one.lasting)};
}

Answered<const sim::Fleet*> find(const World& world, const Call& call, const std::string& id,
                                 TimePoint as_of) {
  const auto* fleet = world.instances().find_fleet(owner_of(call), id, as_of);
  return fleet != nullptr
             ? Answered<const sim::Fleet*>{fleet}
             : refuse(400, "InvalidFleetId.NotFound", "The fleet ID '{}' does not exist", id);
}

Answered<std::string> describe_lasting_instances(World& world, const Call& call,
                                                 const sim::SpotFleet& fleet) {
  const auto page = page_parameter(call, world.seed(), kFleetPages);
  if (!page) {
    return tl::unexpected(page.error());
  }
  const auto running = running_members(world, call, fleet);
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("fleetId", fleet.id);
    write_active_instances(xml, running, page->first, page->end(running.size()));
    write_next_token(xml, next_token(call, world.seed(), *page, running.size()));
  });
}

/// What became of one fleet that was to be deleted.
struct Deletion {
  std::string id;
  std::string_view before;
  std::string_view after;
};

Answered<Deletion> delete_either_kind(World& world, const Call& call, const std::string& id,
                                      bool ends) {
  if (auto* lasting = find_lasting_fleet(world, call, id)) {
    const auto before = sim::state_text(*lasting);
    if (auto cancelled = world.spot_fleets().cancel(*lasting, ends); !cancelled) {
      return refuse(400, "fleetNotInDeletableState", "{}", cancelled.error().message);
    }
    return Deletion{id, before, sim::state_text(*lasting)};
  }
  if (!ends) {
    return refuse(400, "unexpectedError",
                  "NoTerminateInstances option is not supported for instant fleet");
  }
  const auto fleet = world.instances().delete_fleet(owner_of(call), id);
  if (!fleet) {
    return refuse(fleet.error());
  }
  world.instances().end_instances(**fleet);
  return Deletion{id, "active", "deleted_terminating"};
}

}  // namespace

Answered<std::string> create_fleet(World& world, const Call& call) {
  const auto type = read_fleet_type(call);
  if (!type) {
    return tl::unexpected(type.error());
  }
  if (*type != "instant") {
    return create_lasting_fleet(world, call);
  }
  const auto order = read_fleet_order(world, call);
  if (!order) {
    return tl::unexpected(order.error());
  }
  const auto outcome = world.instances().create_fleet(*order);
  if (!outcome) {
    return refuse(outcome.error());
  }
  const ZoneNames zones{world, call};
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("fleetId", outcome->fleet_id);
    write_shortfalls(xml, *order, *outcome, zones);
    write_launches(xml, *order, *outcome, zones);
  });
}

Answered<std::string> describe_fleets(World& world, const Call& call) {
  const auto filters = Filters::read(call, [](std::string_view filter) {
    return filter == "type" || filter == "fleet-state" || filter == "activity-status" ||
           filter == "excess-capacity-termination-policy" ||
           filter == "replace-unhealthy-instances";
  });
  const auto page = page_parameter(call, world.seed(), kFleetPages);
  if (!filters || !page) {
    return tl::unexpected(!filters ? filters.error() : page.error());
  }
  std::vector<Shown> found;
  const auto ids = call.form.list("FleetId");
  for (const auto& id : ids) {
    if (const auto* lasting = find_lasting_fleet(world, call, id)) {
      found.push_back({.lasting = lasting});
      continue;
    }
    const auto fleet = find(world, call, id, page->as_of);
    if (!fleet) {
      return tl::unexpected(fleet.error());
    }
    found.push_back({.instant = *fleet});
  }
  // As on AWS an instant fleet is only shown to who knows its ID.
  for (const auto* lasting :
       ids.empty() ? list_lasting_fleets(world, call) : std::vector<const sim::SpotFleet*>{}) {
    found.push_back({.lasting = lasting});
  }
  std::erase_if(found, [&](const Shown& one) {
    return !filters->let_through([&](std::string_view filter) -> std::vector<std::string> {
      return {filter_value(one, filter, page->as_of)};
    });
  });
  const ZoneNames zones{world, call};
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("fleetSet");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      if (found[i].lasting != nullptr) {
        write_lasting_fleet(xml, *found[i].lasting, zones);
      } else {
        write_fleet(xml, *found[i].instant, zones, page->as_of);
      }
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found.size()));
  });
}

Answered<std::string> describe_fleet_instances(World& world, const Call& call) {
  const auto id = text_parameter(call, "FleetId");
  if (!id) {
    return refuse_missing("FleetId");
  }
  if (const auto* lasting = find_lasting_fleet(world, call, *id)) {
    return describe_lasting_instances(world, call, *lasting);
  }
  const auto fleet = find(world, call, *id, call.as_of);
  if (!fleet) {
    return tl::unexpected(fleet.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("fleetId", *id).open("activeInstanceSet");
    for (const auto& launch : (*fleet)->outcome.launches) {
      for (const auto& each : launch.instance_ids) {
        const auto* instance = world.instances().find_instance(owner_of(call), each, call.as_of);
        if (instance != nullptr &&
            sim::state(*instance, call.as_of) <= sim::InstanceState::Running) {
          xml.open("item").leaf("instanceId", each);
          xml.leaf("instanceType", instance->spec.type.text());
          if (instance->is_spot) {
            xml.leaf("spotInstanceRequestId", instance->spot_request_id);
          }
          xml.leaf("instanceHealth", "healthy").close();
        }
      }
    }
    xml.close();
  });
}

Answered<std::string> delete_fleets(World& world, const Call& call) {
  const auto ids = call.form.list("FleetId");
  const auto ends_instances = flag_parameter(call, "TerminateInstances");
  if (!ends_instances) {
    return tl::unexpected(ends_instances.error());
  }
  if (ids.empty()) {
    return refuse_missing("FleetId");
  }
  std::vector<Deletion> deleted;
  std::vector<std::pair<std::string, Refusal>> refused;
  for (const auto& id : ids) {
    auto done = delete_either_kind(world, call, id, *ends_instances);
    if (done) {
      deleted.push_back(*std::move(done));
    } else {
      refused.emplace_back(id, std::move(done.error()));
    }
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("successfulFleetDeletionSet");
    for (const auto& one : deleted) {
      xml.open("item").leaf("currentFleetState", one.after);
      xml.leaf("previousFleetState", one.before).leaf("fleetId", one.id).close();
    }
    xml.close().open("unsuccessfulFleetDeletionSet");
    for (const auto& [id, why] : refused) {
      xml.open("item").leaf("fleetId", id).open("error");
      xml.leaf("code", why.code).leaf("message", why.message).close().close();
    }
    xml.close();
  });
}

}  // namespace spotvane::lab
