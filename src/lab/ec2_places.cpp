#include "lab/ec2_places.hpp"

#include "lab/filter.hpp"
#include "lab/parameter.hpp"
#include "lab/xml_answer.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& known, std::string_view name) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string endpoint_of(const model::Region& region) {
  return fmt::format("ec2.{}.amazonaws.com", region);
}

std::string opt_in_status(const World::RegionView& region) {
  if (!region.needs_opt_in) {
    return "opt-in-not-required";
  }
  return region.is_enabled ? "opted-in" : "not-opted-in";
}

/// "us-east-1-zg-1".
std::string zone_group(const model::Region& region) {
  return fmt::format("{}-zg-1", region);
}

std::vector<std::string> values_of_zone(std::string_view filter, const model::Zone& zone,
                                        const World::RegionView& region) {
  if (filter == "zone-name") {
    return {zone.name.text()};
  }
  if (filter == "zone-id") {
    return {zone.id.text()};
  }
  if (filter == "region-name") {
    return {zone.region.text()};
  }
  if (filter == "group-name") {
    return {zone_group(zone.region)};
  }
  if (filter == "opt-in-status") {
    return {opt_in_status(region)};
  }
  if (filter == "state") {
    return {"available"};
  }
  if (filter == "zone-type") {
    return {"availability-zone"};
  }
  return {};  // the rest is about local zones and messages, of which there are none
}

void write_zone(wire::XmlWriter& xml, const model::Zone& zone, const World::RegionView& region) {
  xml.open("item").leaf("optInStatus", opt_in_status(region)).empty("messageSet");
  xml.leaf("regionName", zone.region.text()).leaf("zoneName", zone.name.text());
  xml.leaf("zoneId", zone.id.text()).leaf("groupName", zone_group(zone.region));
  xml.leaf("networkBorderGroup", zone.region.text()).leaf("zoneType", "availability-zone");
  xml.leaf("zoneState", "available").close();
}

}  // namespace

Answered<std::string> describe_regions(World& world, const Call& call) {
  constexpr std::array<std::string_view, 3> kFilters{"endpoint", "opt-in-status", "region-name"};
  const auto filters =
      Filters::read(call, [&](std::string_view name) { return is_one_of(kFilters, name); });
  const auto all = flag_parameter(call, "AllRegions");
  if (!filters || !all) {
    return tl::unexpected(!filters ? filters.error() : all.error());
  }
  const auto names = call.form.list("RegionName");
  for (const auto& name : names) {
    if (world.find(model::Region{name}) == nullptr) {
      return refuse(400, "InvalidParameterValue", "Invalid region name: {}", name);
    }
  }

  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("regionInfo");
    for (const auto& [region, view] : world.regions()) {
      const bool is_named = contains(names, region.text());
      const auto values_of = [&](std::string_view filter) -> std::vector<std::string> {
        return {filter == "endpoint"        ? endpoint_of(region)
                : filter == "opt-in-status" ? opt_in_status(view)
                                            : region.text()};
      };
      if ((names.empty() ? view.is_enabled || *all : is_named) && filters->let_through(values_of)) {
        xml.open("item").leaf("regionName", region.text());
        xml.leaf("regionEndpoint", endpoint_of(region));
        xml.leaf("optInStatus", opt_in_status(view)).close();
      }
    }
    xml.close();
  });
}

Answered<std::string> describe_availability_zones(World& world, const Call& call) {
  constexpr std::array<std::string_view, 11> kFilters{
      "group-long-name", "group-name",       "message",     "opt-in-status",
      "parent-zone-id",  "parent-zone-name", "region-name", "state",
      "zone-id",         "zone-name",        "zone-type"};
  const auto filters =
      Filters::read(call, [&](std::string_view name) { return is_one_of(kFilters, name); });
  if (!filters) {
    return tl::unexpected(filters.error());
  }
  const auto zones = world.zones(call.region, call.account);
  const auto names = call.form.list("ZoneName");
  const auto ids = call.form.list("ZoneId");
  for (const auto& wanted : names) {
    if (std::none_of(zones.begin(), zones.end(),
                     [&](const auto& zone) { return zone.name.text() == wanted; })) {
      return refuse(400, "InvalidParameterValue", "Invalid availability zone: [{}]", wanted);
    }
  }
  for (const auto& wanted : ids) {
    if (std::none_of(zones.begin(), zones.end(),
                     [&](const auto& zone) { return zone.id.text() == wanted; })) {
      return refuse(400, "InvalidParameterValue", "Invalid availability zone-id: [{}]", wanted);
    }
  }

  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("availabilityZoneInfo");
    for (const auto& zone : zones) {
      const auto& region = *world.find(call.region);
      if ((names.empty() || contains(names, zone.name.text())) &&
          (ids.empty() || contains(ids, zone.id.text())) &&
          filters->let_through(
              [&](std::string_view filter) { return values_of_zone(filter, zone, region); })) {
        write_zone(xml, zone, region);
      }
    }
    xml.close();
  });
}

}  // namespace spotvane::lab
