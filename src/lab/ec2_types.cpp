#include "lab/ec2_types.hpp"

#include "lab/filter.hpp"
#include "lab/parameter.hpp"
#include "lab/xml_answer.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::size_t kDescribedTypes = 100;
constexpr PageSizes kTypePages{.least = 5, .most = 100, .ordinary = 100};
constexpr PageSizes kOfferingPages{.least = 5, .most = 1000, .ordinary = 1000};

void write_token(wire::XmlWriter& xml, const std::string& token) {
  if (!token.empty()) {
    xml.leaf("nextToken", token);
  }
}

/// Refuses names of types that the region does not offer.
Answered<void> check_names(const World& world, const std::vector<std::uint32_t>& offered,
                           const std::vector<std::string>& names) {
  std::vector<std::string> unknown;
  for (const auto& name : names) {
    if (std::none_of(offered.begin(), offered.end(), [&](std::uint32_t type) {
          return world.catalog().types[type].type.text() == name;
        })) {
      unknown.push_back(name);
    }
  }
  if (!unknown.empty()) {
    return refuse(400, "InvalidInstanceType",
                  "The following supplied instance types do not exist: [{}]",
                  fmt::join(unknown, ", "));
  }
  return {};
}

struct Offer {
  const model::InstanceType* type;
  std::string location;
};

Answered<std::vector<Offer>> offers(const World& world, const Call& call,
                                    std::string_view location_type) {
  std::vector<Offer> found;
  const auto& region = *world.find(call.region);
  const auto& types = world.catalog().types;
  if (location_type == "region") {
    for (const auto type : region.types) {
      found.push_back({&types[type].type, call.region.text()});
    }
    return found;
  }
  if (location_type == "outpost") {
    return found;
  }
  const bool wants_ids = location_type == "availability-zone-id";
  if (!wants_ids && location_type != "availability-zone") {
    return refuse(400, "InvalidParameterValue", "Invalid value '{}' for locationType",
                  location_type);
  }
  const auto zones = world.zones(call.region, call.account);
  for (const auto& offering : region.offerings) {
    const auto& id = world.catalog().zones[offering.zone].id;
    const auto zone =
        std::find_if(zones.begin(), zones.end(), [&id](const auto& seen) { return seen.id == id; });
    found.push_back({&types[offering.type].type, wants_ids ? id.text() : zone->name.text()});
  }
  return found;
}

}  // namespace

Answered<std::string> describe_instance_types(World& world, const Call& call) {
  const auto filters = Filters::read(call, InstanceTypeBook::knows_filter);
  const auto page = page_parameter(call, world.seed(), kTypePages);
  if (!filters || !page) {
    return tl::unexpected(!filters ? filters.error() : page.error());
  }
  const auto names = call.form.list("InstanceType");
  if (names.size() > kDescribedTypes) {
    return refuse(400, "InvalidParameterValue",
                  "The maximum number of instance types that can be specified is {}",
                  kDescribedTypes);
  }
  if (!names.empty() && text_parameter(call, "MaxResults")) {
    return refuse(400, "InvalidParameterCombination",
                  "The parameter instanceTypes cannot be used with the parameter maxResults");
  }
  const auto& offered = world.find(call.region)->types;
  if (const auto checked = check_names(world, offered, names); !checked) {
    return tl::unexpected(checked.error());
  }

  std::vector<const model::InstanceType*> found;
  for (const auto index : offered) {
    const auto& type = world.catalog().types[index].type;
    if ((names.empty() || std::find(names.begin(), names.end(), type.text()) != names.end()) &&
        filters->let_through(
            [&](std::string_view filter) { return world.types().filter_values(filter, type); })) {
      found.push_back(&type);
    }
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("instanceTypeSet");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      world.types().write(xml, *found[i]);
    }
    xml.close();
    write_token(xml, next_token(call, world.seed(), *page, found.size()));
  });
}

Answered<std::string> describe_instance_type_offerings(World& world, const Call& call) {
  const auto filters = Filters::read(call, [](std::string_view filter) {
    return filter == "instance-type" || filter == "location";
  });
  const auto page = page_parameter(call, world.seed(), kOfferingPages);
  if (!filters || !page) {
    return tl::unexpected(!filters ? filters.error() : page.error());
  }
  const auto location_type = text_parameter(call, "LocationType").value_or("region");
  auto found = offers(world, call, location_type);
  if (!found) {
    return tl::unexpected(found.error());
  }
  std::erase_if(*found, [&](const Offer& offer) {
    return !filters->let_through([&](std::string_view filter) -> std::vector<std::string> {
      return {filter == "location" ? offer.location : offer.type->text()};
    });
  });
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("instanceTypeOfferingSet");
    for (auto i = page->first; i < page->end(found->size()); ++i) {
      const auto& offer = (*found)[i];
      xml.open("item").leaf("instanceType", offer.type->text());
      xml.leaf("locationType", location_type).leaf("location", offer.location).close();
    }
    xml.close();
    write_token(xml, next_token(call, world.seed(), *page, found->size()));
  });
}

}  // namespace spotvane::lab
