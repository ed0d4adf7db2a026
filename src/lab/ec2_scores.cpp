#include "lab/ec2_scores.hpp"

#include "lab/parameter.hpp"
#include "lab/type_requirements.hpp"
#include "lab/xml_answer.hpp"

#include <array>

namespace spotvane::lab {

namespace {

constexpr std::size_t kScoredTypes = 1000;
constexpr std::size_t kNamedRegions = 10;
constexpr std::int64_t kLargestTarget = 2'000'000'000;
constexpr PageSizes kPages{.least = 10, .most = 1000, .ordinary = 1000};

Answered<model::CapacityUnit> unit_parameter(const Call& call) {
  const auto text = text_parameter(call, "TargetCapacityUnitType").value_or("units");
  for (const auto unit :
       {model::CapacityUnit::Units, model::CapacityUnit::Vcpu, model::CapacityUnit::MemoryMib}) {
    if (model::to_text(unit) == text) {
      return unit;
    }
  }
  return refuse(400, "InvalidParameterValue", "Invalid value '{}' for TargetCapacityUnitType",
                text);
}

Answered<std::vector<model::InstanceType>> types_parameter(const World& world, const Call& call) {
  const auto names = call.form.list("InstanceType");
  if (!names.empty() && has_type_requirements(call)) {
    return refuse(400, "InvalidParameterCombination",
                  "InstanceTypes and InstanceRequirementsWithMetadata cannot be used together");
  }
  if (has_type_requirements(call)) {
    return types_by_requirements(world, call);
  }
  if (names.empty()) {
    return refuse_missing("InstanceType");
  }
  if (names.size() > kScoredTypes) {
    return refuse(400, "InvalidParameterValue",
                  "The maximum number of instance types that can be specified is {}", kScoredTypes);
  }
  std::vector<model::InstanceType> types;
  for (const auto& name : names) {
    types.emplace_back(name);
    if (!world.types().contains(types.back())) {
      return refuse(400, "InvalidParameterValue", "Invalid value '{}' for InstanceType", name);
    }
  }
  return types;
}

Answered<std::vector<model::Region>> regions_parameter(const World& world, const Call& call) {
  std::vector<model::Region> regions;
  for (const auto& name : call.form.list("RegionName")) {
    regions.emplace_back(name);
    const auto* view = world.find(regions.back());
    if (view == nullptr) {
      return refuse(400, "InvalidParameterValue", "Invalid region name: {}", name);
    }
    if (!view->is_enabled) {
      return refuse(403, "OptInRequired",
                    "You are not subscribed to this service. The region {} is not enabled for the "
                    "account.",
                    name);
    }
  }
  if (regions.size() > kNamedRegions) {
    return refuse(400, "InvalidParameterValue",
                  "The maximum number of regions that can be specified is {}", kNamedRegions);
  }
  return regions;
}

Answered<model::ScoreQuery> read_query(const World& world, const Call& call) {
  const auto target = integer_parameter(call, "TargetCapacity", 1, kLargestTarget);
  const auto unit = unit_parameter(call);
  const auto single_zone = flag_parameter(call, "SingleAvailabilityZone");
  const auto types = types_parameter(world, call);
  const auto regions = regions_parameter(world, call);
  if (!target) {
    return tl::unexpected(target.error());
  }
  const auto target_capacity = target->value_or(0);
  if (target_capacity == 0) {
    return refuse_missing("TargetCapacity");
  }
  if (!unit || !single_zone) {
    return tl::unexpected(!unit ? unit.error() : single_zone.error());
  }
  if (!types || !regions) {
    return tl::unexpected(!types ? types.error() : regions.error());
  }
  return model::ScoreQuery{.types = *types,
                           .target_capacity = static_cast<int>(target_capacity),
                           .unit = *unit,
                           .regions = *regions,
                           .single_zone = *single_zone};
}

}  // namespace

Answered<std::string> get_spot_placement_scores(World& world, const Call& call) {
  const auto page = page_parameter(call, world.seed(), kPages);
  auto query = read_query(world, call);
  if (!query || !page) {
    return tl::unexpected(!query ? query.error() : page.error());
  }

  // AWS charges what was asked, not what it stands for.
  auto charged = *query;
  auto requirements = std::string{};
  if (has_type_requirements(call)) {
    charged.types.clear();
    requirements = canonical_requirements(call);
  }
  if (!world.score_quota().allow(call.account.id, model::configuration_key(charged) + requirements,
                                 call.now)) {
    return refuse(400, "MaxConfigLimitExceeded",
                  "You have exceeded your maximum allowed Spot placement configurations. You can "
                  "retry configurations that you used within the last 24 hours, or wait for 24 "
                  "hours before specifying a new configuration.");
  }

  if (query->regions.empty()) {
    for (const auto& [region, view] : world.regions()) {
      if (view.is_enabled) {
        query->regions.push_back(region);
      }
    }
  }
  const auto scores = world.market().placement_scores(*query, page->as_of);
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("spotPlacementScoreSet");
    for (auto i = page->first; i < page->end(scores.size()); ++i) {
      xml.open("item").leaf("region", scores[i].region.text());
      if (!scores[i].zone.empty()) {
        xml.leaf("availabilityZoneId", scores[i].zone.text());
      }
      xml.leaf("score", std::to_string(scores[i].score)).close();
    }
    xml.close();
    if (const auto token = next_token(call, world.seed(), *page, scores.size()); !token.empty()) {
      xml.leaf("nextToken", token);
    }
  });
}

}  // namespace spotvane::lab
