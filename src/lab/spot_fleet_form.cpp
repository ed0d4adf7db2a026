#include "lab/spot_fleet_form.hpp"

#include "base/number.hpp"
#include "lab/fleet_form.hpp"
#include "lab/parameter.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr std::string_view kConfig = "SpotFleetRequestConfig.";
constexpr std::int64_t kMostTarget = 10'000;
constexpr int kMostSpecifications = 50;
constexpr std::array<std::pair<std::string_view, sim::FleetStrategy>, 5> kFleetStrategies{{
    {"lowestPrice", sim::FleetStrategy::LowestPrice},
    {"diversified", sim::FleetStrategy::Diversified},
    {"capacityOptimized", sim::FleetStrategy::CapacityOptimized},
    {"capacityOptimizedPrioritized", sim::FleetStrategy::CapacityOptimizedPrioritized},
    {"priceCapacityOptimized", sim::FleetStrategy::PriceCapacityOptimized},
}};

/// The call's parameters below a prefix, without it.
Call below(const Call& call, std::string_view prefix) {
  auto part = call;
  part.form = {};
  for (const auto& parameter : call.form.parameters()) {
    if (parameter.name.starts_with(prefix)) {
      part.form.add(parameter.name.substr(prefix.size()), parameter.value);
    }
  }
  return part;
}

tl::unexpected<Refusal> refuse_config(std::string_view message) {
  return refuse(400, "InvalidSpotFleetRequestConfig", "{}", message);
}

Answered<sim::FleetCandidate> read_specification(const World& world, const Call& launch) {
  auto read = read_launch(world, launch, "");
  if (!read) {
    return tl::unexpected(std::move(read.error()));
  }
  const auto price = read_price(launch, "SpotPrice");
  const auto weight = parse_real(text_parameter(launch, "WeightedCapacity").value_or("1"));
  if (!price || !weight || *weight <= 0.0) {
    return !price ? tl::unexpected(price.error())
                  : refuse_config("The weighted capacity must be above 0.");
  }
  return sim::FleetCandidate{.spec = std::move(read->spec),
                             .weight = *weight,
                             .max_price = *price,
                             .bad_parameter = std::move(read->flaw)};
}

/// Of launch specifications, with the tags they give to instances.
Answered<void> read_specifications(const World& world, const Call& config, sim::FleetOrder& order) {
  for (int i = 1; i <= kMostSpecifications; ++i) {
    const auto launch = below(config, fmt::format("LaunchSpecifications.{}.", i));
    if (launch.form.parameters().empty()) {
      break;
    }
    auto candidate = read_specification(world, launch);
    if (!candidate) {
      return tl::unexpected(std::move(candidate.error()));
    }
    order.candidates.push_back(*std::move(candidate));
    auto tags = read_tags(launch, "TagSpecificationSet.1.");
    if (!tags) {
      return tl::unexpected(std::move(tags.error()));
    }
    order.instance_tags.merge(*tags);
  }
  return {};
}

}  // namespace

Answered<sim::SpotFleet> read_spot_fleet(const World& world, const Call& call) {
  const auto config = below(call, kConfig);
  const auto target = integer_parameter(config, "TargetCapacity", 0, kMostTarget);
  const auto on_demand = integer_parameter(config, "OnDemandTargetCapacity", 0, kMostTarget);
  if (!target || !on_demand) {
    return tl::unexpected(!target ? target.error() : on_demand.error());
  }
  if (!*target || !text_parameter(config, "IamFleetRole")) {
    return refuse_missing(!*target ? "TargetCapacity" : "IamFleetRole");
  }
  if (on_demand->value_or(0) > **target) {
    return refuse_config("The on-demand target capacity must not be above the target capacity.");
  }
  const auto named = text_parameter(config, "AllocationStrategy").value_or("lowestPrice");
  const auto* strategy = std::find_if(kFleetStrategies.begin(), kFleetStrategies.end(),
                                      [&named](const auto& known) { return known.first == named; });
  const auto type = text_parameter(config, "Type").value_or("maintain");
  if (strategy == kFleetStrategies.end() || (type != "maintain" && type != "request")) {
    return refuse_config("Invalid allocation strategy or type.");
  }
  sim::SpotFleet fleet{.id = {}, .order = {.owner = owner_of(call), .candidates = {}}};
  fleet.order.strategy = strategy->second;
  fleet.order.on_demand_target = static_cast<int>(on_demand->value_or(0));
  fleet.order.spot_target = static_cast<int>(**target) - fleet.order.on_demand_target;
  fleet.maintains = type == "maintain";
  fleet.ends_excess = text_parameter(config, "ExcessCapacityTerminationPolicy") != "noTermination";
  fleet.role = *text_parameter(config, "IamFleetRole");
  if (auto read = read_specifications(world, config, fleet.order); !read) {
    return tl::unexpected(std::move(read.error()));
  }
  if (fleet.order.candidates.empty()) {
    auto candidates = read_candidates(world, config);
    if (!candidates) {
      return tl::unexpected(std::move(candidates.error()));
    }
    fleet.order.candidates = *std::move(candidates);
  }
  auto tags = read_tags(config, "TagSpecification.1.");
  if (!tags) {
    return tl::unexpected(std::move(tags.error()));
  }
  fleet.tags = *std::move(tags);
  auto token = read_token(config);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  fleet.order.token = *std::move(token);
  return fleet;
}

}  // namespace spotvane::lab
