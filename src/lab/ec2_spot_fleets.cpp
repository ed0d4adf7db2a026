#include "lab/ec2_spot_fleets.hpp"

#include "lab/ec2_lasting_fleets.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/spot_fleet_form.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr PageSizes kSpotFleetPages{.least = 1, .most = 1000, .ordinary = 1000};
constexpr std::size_t kIdLength = 40;  // "sfr-" and a UUID
constexpr Duration kShownAfterwards = std::chrono::hours{48};

std::string_view strategy_name(sim::FleetStrategy strategy) {
  switch (strategy) {
    case sim::FleetStrategy::LowestPrice:
      return "lowestPrice";
    case sim::FleetStrategy::Diversified:
      return "diversified";
    case sim::FleetStrategy::CapacityOptimized:
      return "capacityOptimized";
    case sim::FleetStrategy::CapacityOptimizedPrioritized:
      return "capacityOptimizedPrioritized";
    case sim::FleetStrategy::PriceCapacityOptimized:
      return "priceCapacityOptimized";
  }
  return "lowestPrice";
}

bool is_spot_fleet_id(std::string_view id) {
  return id.starts_with("sfr-") && id.size() == kIdLength;
}

Answered<sim::SpotFleet*> find(World& world, const Call& call, const std::string& id) {
  if (!is_spot_fleet_id(id)) {
    return refuse(400, "InvalidSpotFleetRequestId.Malformed",
                  "The Spot Fleet request ID '{}' is malformed.", id);
  }
  auto* fleet = world.spot_fleets().find(owner_of(call), id);
  return fleet != nullptr ? Answered<sim::SpotFleet*>{fleet}
                          : refuse(400, "InvalidSpotFleetRequestId.NotFound",
                                   "The Spot Fleet request ID '{}' does not exist.", id);
}

Answered<sim::SpotFleet*> find_named(World& world, const Call& call) {
  const auto id = text_parameter(call, "SpotFleetRequestId");
  return id ? find(world, call, *id) : refuse_missing("SpotFleetRequestId");
}

void write_specification(wire::XmlWriter& xml, const sim::FleetCandidate& candidate,
                         const ZoneNames& zones) {
  xml.open("item").leaf("imageId", candidate.spec.image_id);
  xml.leaf("instanceType", candidate.spec.type.text());
  if (!candidate.spec.zone.text().empty()) {
    xml.open("placement").leaf("availabilityZone", zones.name(candidate.spec.zone)).close();
  }
  if (candidate.max_price) {
    xml.leaf("spotPrice", to_text_six_places(*candidate.max_price));
  }
  xml.leaf("weightedCapacity", fmt::format("{}", candidate.weight)).close();
}

void write_fleet_request(wire::XmlWriter& xml, const sim::SpotFleet& fleet,
                         const ZoneNames& zones) {
  xml.open("item").leaf("spotFleetRequestId", fleet.id);
  xml.leaf("spotFleetRequestState", sim::state_text(fleet));
  xml.leaf("activityStatus", activity_of(fleet));
  xml.leaf("createTime", wire::to_timestamp(fleet.created_at));
  xml.open("spotFleetRequestConfig");
  xml.leaf("allocationStrategy", strategy_name(fleet.order.strategy));
  xml.leaf("targetCapacity", fmt::to_string(fleet.target()));
  xml.leaf("fulfilledCapacity", fmt::format("{}", fleet.fulfilled()));
  xml.leaf("onDemandTargetCapacity", fmt::to_string(fleet.order.on_demand_target));
  xml.leaf("onDemandFulfilledCapacity", fmt::format("{}", fleet.fulfilled(false)));
  xml.leaf("iamFleetRole", fleet.role);
  xml.leaf("type", fleet.maintains ? "maintain" : "request");
  xml.leaf("excessCapacityTerminationPolicy", fleet.ends_excess ? "default" : "noTermination");
  xml.leaf("terminateInstancesWithExpiration", "false").leaf("replaceUnhealthyInstances", "false");
  const auto& candidates = fleet.order.candidates;
  if (!candidates.empty() && !candidates.front().label.empty()) {
    write_template_configs(xml, fleet.order, zones, "spotPrice");
  } else {
    xml.open("launchSpecifications");
    for (const auto& candidate : candidates) {
      write_specification(xml, candidate, zones);
    }
    xml.close();
  }
  xml.close();
  write_tags(xml, fleet.tags);
  xml.close();
}

}  // namespace

Answered<std::string> request_spot_fleet(World& world, const Call& call) {
  auto wanted = read_spot_fleet(world, call);
  if (!wanted) {
    return tl::unexpected(std::move(wanted.error()));
  }
  const auto made = world.spot_fleets().request(*std::move(wanted));
  if (!made) {
    return refuse(made.error());
  }
  world.watch();
  return xml_answer(call,
                    [&](wire::XmlWriter& xml) { xml.leaf("spotFleetRequestId", (*made)->id); });
}

Answered<std::string> describe_spot_fleet_requests(World& world, const Call& call) {
  const auto page = page_parameter(call, world.seed(), kSpotFleetPages);
  if (!page) {
    return tl::unexpected(page.error());
  }
  std::vector<const sim::SpotFleet*> found;
  for (const auto& id : call.form.list("SpotFleetRequestId")) {
    const auto fleet = find(world, call, id);
    if (!fleet) {
      return tl::unexpected(fleet.error());
    }
    found.push_back(*fleet);
  }
  if (found.empty()) {
    found = world.spot_fleets().list(owner_of(call));
    std::erase_if(found, [&](const sim::SpotFleet* fleet) {
      return fleet->kind != sim::SpotFleet::Kind::Spot ||
             (fleet->cancelled_at != sim::kNever &&
              fleet->cancelled_at + kShownAfterwards < call.now);
    });
  }
  const ZoneNames zones{world, call};
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("spotFleetRequestConfigSet");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      write_fleet_request(xml, *found[i], zones);
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found.size()));
  });
}

Answered<std::string> describe_spot_fleet_instances(World& world, const Call& call) {
  const auto page = page_parameter(call, world.seed(), kSpotFleetPages);
  const auto fleet = find_named(world, call);
  if (!page || !fleet) {
    return tl::unexpected(!page ? page.error() : fleet.error());
  }
  const auto running = running_members(world, call, **fleet);
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("spotFleetRequestId", (*fleet)->id);
    write_active_instances(xml, running, page->first, page->end(running.size()));
    write_next_token(xml, next_token(call, world.seed(), *page, running.size()));
  });
}

Answered<std::string> describe_spot_fleet_request_history(World& world, const Call& call) {
  const auto fleet = find_named(world, call);
  const auto start = time_parameter(call, "StartTime");
  if (!fleet || !start) {
    return tl::unexpected(!fleet ? fleet.error() : start.error());
  }
  if (!*start) {
    return refuse_missing("StartTime");
  }
  const auto kind = text_parameter(call, "EventType");
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("spotFleetRequestId", (*fleet)->id);
    xml.leaf("startTime", wire::to_timestamp(**start));
    xml.leaf("lastEvaluatedTime", wire::to_timestamp(call.as_of)).open("historyRecordSet");
    for (const auto& event : (*fleet)->history) {
      if (event.at < **start || event.at > call.as_of || (kind && *kind != event.kind)) {
        continue;
      }
      xml.open("item").leaf("timestamp", wire::to_timestamp(event.at));
      xml.leaf("eventType", event.kind).open("eventInformation");
      xml.leaf("eventSubType", event.what);
      if (!event.instance_id.empty()) {
        xml.leaf("instanceId", event.instance_id);
      }
      if (!event.text.empty()) {
        xml.leaf("eventDescription", event.text);
      }
      xml.close().close();
    }
    xml.close();
  });
}

Answered<std::string> modify_spot_fleet_request(World& world, const Call& call) {
  const auto fleet = find_named(world, call);
  if (!fleet) {
    return tl::unexpected(fleet.error());
  }
  constexpr std::int64_t kMost = 10'000;
  const auto target = integer_parameter(call, "TargetCapacity", 0, kMost);
  const auto on_demand = integer_parameter(call, "OnDemandTargetCapacity", 0, kMost);
  if (!target || !on_demand) {
    return tl::unexpected(!target ? target.error() : on_demand.error());
  }
  const auto whole = target->value_or((*fleet)->target());
  const auto part = on_demand->value_or((*fleet)->order.on_demand_target);
  if (part > whole) {
    return refuse(400, "InvalidSpotFleetRequestConfig",
                  "The on-demand target capacity must not be above the target capacity.");
  }
  const auto policy = text_parameter(call, "ExcessCapacityTerminationPolicy");
  const auto modified =
      world.spot_fleets().modify(**fleet, static_cast<int>(whole - part), static_cast<int>(part),
                                 policy ? *policy != "noTermination" : (*fleet)->ends_excess);
  if (!modified) {
    return refuse(modified.error());
  }
  return xml_answer(call, [](wire::XmlWriter& xml) { xml.leaf("return", "true"); });
}

Answered<std::string> cancel_spot_fleet_requests(World& world, const Call& call) {
  const auto ids = call.form.list("SpotFleetRequestId");
  const auto ends = flag_parameter(call, "TerminateInstances");
  if (!ends) {
    return tl::unexpected(ends.error());
  }
  if (ids.empty() || !text_parameter(call, "TerminateInstances")) {
    return refuse_missing(ids.empty() ? "SpotFleetRequestId" : "TerminateInstances");
  }
  struct Done {
    std::string id;
    std::string_view before;
    std::string_view after;
  };
  std::vector<Done> good;
  std::vector<std::pair<std::string, sim::MarketRefusal>> bad;
  for (const auto& id : ids) {
    const auto fleet = find(world, call, id);
    if (!fleet) {
      bad.push_back(
          {id,
           {is_spot_fleet_id(id) ? "fleetRequestIdDoesNotExist" : "fleetRequestIdMalformed",
            fleet.error().message}});
      continue;
    }
    const auto before = sim::state_text(**fleet);
    const auto cancelled = world.spot_fleets().cancel(**fleet, *ends);
    if (cancelled) {
      good.push_back({id, before, sim::state_text(**fleet)});
    } else {
      bad.push_back({id, cancelled.error()});
    }
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("successfulFleetRequestSet");
    for (const auto& one : good) {
      xml.open("item").leaf("currentSpotFleetRequestState", one.after);
      xml.leaf("previousSpotFleetRequestState", one.before);
      xml.leaf("spotFleetRequestId", one.id).close();
    }
    xml.close().open("unsuccessfulFleetRequestSet");
    for (const auto& [id, why] : bad) {
      xml.open("item").open("error").leaf("code", why.code).leaf("message", why.message);
      xml.close().leaf("spotFleetRequestId", id).close();
    }
    xml.close();
  });
}

}  // namespace spotvane::lab
