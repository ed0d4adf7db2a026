#include "lab/fleet_form.hpp"

#include "base/number.hpp"
#include "lab/parameter.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostCapacity = 10'000;
constexpr int kMostConfigs = 50;
constexpr std::array<std::string_view, 3> kTaggableByFleets{"fleet", "instance", "volume"};
constexpr std::array<std::pair<std::string_view, sim::FleetStrategy>, 5> kStrategies{{
    {"lowest-price", sim::FleetStrategy::LowestPrice},
    {"diversified", sim::FleetStrategy::Diversified},
    {"capacity-optimized", sim::FleetStrategy::CapacityOptimized},
    {"capacity-optimized-prioritized", sim::FleetStrategy::CapacityOptimizedPrioritized},
    {"price-capacity-optimized", sim::FleetStrategy::PriceCapacityOptimized},
}};

bool has_any(const Call& call, std::string_view prefix) {
  const auto& parameters = call.form.parameters();
  return std::any_of(parameters.begin(), parameters.end(),
                     [prefix](const auto& one) { return one.name.starts_with(prefix); });
}

Answered<double> read_number(const Call& call, const std::string& name, double otherwise,
                             double least, double most) {
  const auto text = text_parameter(call, name);
  if (!text) {
    return otherwise;
  }
  const auto number = parse_real(*text);
  const bool is_good = number && *number >= least && *number <= most;
  return is_good ? Answered<double>{*number}
                 : refuse(400, "InvalidParameterValue",
                          "Invalid value '{}' for {}. Expecting a value between {} and {}.", *text,
                          name, least, most);
}

/// The call as if it were one launch: the template's parameters, and the override's before them.
Call as_launch(const Call& templated, const std::string& overrides) {
  auto launch = templated;
  launch.form = {};
  for (const auto& parameter : templated.form.parameters()) {
    if (parameter.name.starts_with(overrides)) {
      launch.form.add(parameter.name.substr(overrides.size()), parameter.value);
    }
  }
  for (const auto& parameter : templated.form.parameters()) {
    if (!parameter.name.starts_with("LaunchTemplateConfigs.") &&
        launch.form.find(parameter.name) == nullptr) {
      launch.form.add(parameter.name, parameter.value);
    }
  }
  return launch;
}

Answered<sim::FleetCandidate> read_candidate(const World& world, const Call& launch,
                                             const std::string& template_id) {
  auto read = read_launch(world, launch, "");
  if (!read) {
    return tl::unexpected(std::move(read.error()));
  }
  const auto weight = read_number(launch, "WeightedCapacity", 1.0, 0.001, 999.0);
  const auto priority = read_number(launch, "Priority", 0.0, 0.0, 1e6);
  // A Spot Fleet's overrides call it otherwise.
  const auto price =
      read_price(launch, text_parameter(launch, "SpotPrice") ? "SpotPrice" : "MaxPrice");
  if (!weight || !priority || !price) {
    return tl::unexpected(!weight ? weight.error() : !priority ? priority.error() : price.error());
  }
  return sim::FleetCandidate{.spec = std::move(read->spec),
                             .weight = *weight,
                             .priority = *priority,
                             .max_price = *price,
                             .bad_parameter = std::move(read->flaw),
                             .label = template_id};
}

Answered<sim::FleetOrder> read_targets(const Call& call, sim::FleetOrder order) {
  const std::string targets = "TargetCapacitySpecification.";
  const auto total = integer_parameter(call, targets + "TotalTargetCapacity", 0, kMostCapacity);
  const auto spot = integer_parameter(call, targets + "SpotTargetCapacity", 0, kMostCapacity);
  const auto on_demand =
      integer_parameter(call, targets + "OnDemandTargetCapacity", 0, kMostCapacity);
  const auto least = integer_parameter(call, "SpotOptions.MinTargetCapacity", 0, kMostCapacity);
  if (!total || !spot || !on_demand || !least) {
    return tl::unexpected(!total       ? total.error()
                          : !spot      ? spot.error()
                          : !on_demand ? on_demand.error()
                                       : least.error());
  }
  if (!*total) {
    return refuse_missing(targets + "TotalTargetCapacity");
  }
  const auto rest = **total - spot->value_or(0) - on_demand->value_or(0);
  if (rest < 0) {
    return refuse(
        400, "InvalidTargetCapacitySpecification",
        "The total target capacity {} must not be below the sum of the spot and on-demand "
        "target capacities",
        **total);
  }
  const bool rest_is_spot =
      text_parameter(call, targets + "DefaultTargetCapacityType").value_or("on-demand") == "spot";
  order.spot_target = static_cast<int>(spot->value_or(0) + (rest_is_spot ? rest : 0));
  order.on_demand_target = static_cast<int>(on_demand->value_or(0) + (rest_is_spot ? 0 : rest));
  if (*least) {
    order.least_spot = static_cast<int>(**least);
  }
  return order;
}

}  // namespace

Answered<std::vector<sim::FleetCandidate>> read_candidates(const World& world, const Call& call) {
  std::vector<sim::FleetCandidate> candidates;
  for (int config = 1; config <= kMostConfigs; ++config) {
    const auto prefix = fmt::format("LaunchTemplateConfigs.{}.", config);
    if (!has_any(call, prefix)) {
      break;
    }
    const auto chosen = prefix + "LaunchTemplateSpecification.";
    auto bare = call;  // without the fleet's own parameters, which are no launch's
    bare.form = {};
    for (const auto& parameter : call.form.parameters()) {
      if (parameter.name.starts_with(prefix)) {
        bare.form.add(parameter.name, parameter.value);
      }
    }
    const auto templated = with_template(world, bare, chosen);
    if (!templated) {
      return tl::unexpected(templated.error());
    }
    const auto* stored = world.instances().templates().find(
        owner_of(call), text_parameter(call, chosen + "LaunchTemplateId").value_or(""),
        text_parameter(call, chosen + "LaunchTemplateName").value_or(""), call.now);
    if (stored == nullptr) {
      return refuse_missing(chosen + "LaunchTemplateId");
    }
    for (int i = 1; i == 1 || has_any(call, fmt::format("{}Overrides.{}.", prefix, i)); ++i) {
      auto candidate = read_candidate(
          world, as_launch(*templated, fmt::format("{}Overrides.{}.", prefix, i)), stored->id);
      if (!candidate) {
        return tl::unexpected(std::move(candidate.error()));
      }
      candidates.push_back(std::move(*candidate));
    }
  }
  if (candidates.empty()) {
    return refuse_missing("LaunchTemplateConfigs");
  }
  return candidates;
}

Answered<std::string> read_fleet_type(const Call& call) {
  auto type = text_parameter(call, "Type").value_or("maintain");
  const bool is_known = type == "instant" || type == "maintain" || type == "request";
  return is_known ? Answered<std::string>{std::move(type)}
                  : refuse(400, "InvalidParameterValue", "Invalid value '{}' for Type.", type);
}

Answered<std::pair<int, int>> read_new_targets(const Call& call, const sim::FleetOrder& order) {
  const auto read = read_targets(call, order);
  if (!read) {
    return tl::unexpected(read.error());
  }
  const auto total = read->spot_target + read->on_demand_target;
  const auto named = integer_parameter(call, "TargetCapacitySpecification.OnDemandTargetCapacity",
                                       0, kMostCapacity);
  // What is not said of on-demand stays as it is; all the rest is spot.
  const auto on_demand = std::min<std::int64_t>(
      total, named && *named ? **named : std::int64_t{order.on_demand_target});
  return std::pair{total - static_cast<int>(on_demand), static_cast<int>(on_demand)};
}

std::string_view fleet_strategy_name(sim::FleetStrategy strategy) {
  const auto* known = std::find_if(kStrategies.begin(), kStrategies.end(),
                                   [&](const auto& one) { return one.second == strategy; });
  return known->first;
}

Answered<sim::FleetOrder> read_fleet_order(const World& world, const Call& call) {
  for (const auto* most : {"SpotOptions.MaxTotalPrice", "OnDemandOptions.MaxTotalPrice"}) {
    if (text_parameter(call, most)) {
      return refuse(400, "UnsupportedOperation",
                    "This lab's fleets have no {}: give the price of an instance, MaxPrice.", most);
    }
  }
  const auto named =
      text_parameter(call, "SpotOptions.AllocationStrategy").value_or("lowest-price");
  const auto* strategy = std::find_if(kStrategies.begin(), kStrategies.end(),
                                      [&named](const auto& known) { return known.first == named; });
  if (strategy == kStrategies.end()) {
    return refuse(400, "InvalidParameterValue", "Invalid value '{}' for AllocationStrategy.",
                  named);
  }
  auto candidates = read_candidates(world, call);
  if (!candidates) {
    return tl::unexpected(std::move(candidates.error()));
  }
  auto tags = read_tag_specifications(call, kTaggableByFleets);
  if (!tags) {
    return tl::unexpected(std::move(tags.error()));
  }
  auto token = read_token(call);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  return read_targets(call, {.owner = owner_of(call),
                             .candidates = std::move(*candidates),
                             .strategy = strategy->second,
                             .token = std::move(*token),
                             .fleet_tags = std::move((*tags)["fleet"]),
                             .instance_tags = std::move((*tags)["instance"])});
}

}  // namespace spotvane::lab
