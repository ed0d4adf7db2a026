#include "lab/group_form.hpp"

#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostMembers = 10'000;

tl::unexpected<Refusal> refuse_invalid(std::string_view message) {
  return refuse(400, "ValidationError", "{}", message);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto part = text.substr(0, comma);
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    if (!part.empty()) {
      parts.emplace_back(part);
    }
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

Answered<std::vector<model::ZoneId>> read_zones(const World& world, const Call& call,
                                                const Value& asked) {
  const ZoneNames names{world, call};
  std::vector<model::ZoneId> zones;
  const auto add = [&zones](std::optional<model::ZoneId> zone) {
    if (zone && std::find(zones.begin(), zones.end(), *zone) == zones.end()) {
      zones.push_back(*zone);
    }
    return zone.has_value();
  };
  for (const auto& name : asked["AvailabilityZones"].list()) {
    if (!add(names.find(name.text()))) {
      return refuse(400, "ValidationError", "Invalid availability zone: {}", name.text());
    }
  }
  for (const auto& subnet : split_at_commas(asked["VPCZoneIdentifier"].text())) {
    if (!add(names.of_subnet(subnet))) {
      return refuse(400, "ValidationError", "The subnet ID '{}' does not exist", subnet);
    }
  }
  return zones;
}

/// The call as if it were a launch from the template, of another type where the override says so.
Answered<sim::LaunchSpec> read_choice(const World& world, const Call& call,
                                      const Value& specification, const Value& override_,
                                      sim::ScalingGroupSettings& settings) {
  auto launch = call;
  launch.form = {};
  for (const auto* name : {"LaunchTemplateId", "LaunchTemplateName", "Version"}) {
    if (specification.has(name)) {
      launch.form.add(fmt::format("LaunchTemplate.{}", name), specification[name].text());
    }
  }
  if (override_.has("InstanceType")) {
    launch.form.add("InstanceType", override_["InstanceType"].text());
  }
  const auto whole = with_template(world, launch, "LaunchTemplate.");
  auto read =
      whole ? read_launch(world, *whole, "") : Answered<ReadLaunch>{tl::unexpected(whole.error())};
  if (!read || !read->flaw.empty()) {
    return refuse_invalid(read ? read->flaw : read.error().message);
  }
  if (text_parameter(*whole, "InstanceMarketOptions.MarketType") == "spot") {
    settings.on_demand_percent = 0;
    const auto price = read_price(*whole, "InstanceMarketOptions.SpotOptions.MaxPrice");
    settings.max_price = price.value_or(std::nullopt);
  }
  read->spec.zone = {};
  return read->spec;
}

Answered<void> read_template(const World& world, const Call& call, const Value& asked,
                             sim::ScalingGroupSettings& settings) {
  const auto& policy = asked["MixedInstancesPolicy"];
  const auto& specification = policy.is_none()
                                  ? asked["LaunchTemplate"]
                                  : policy["LaunchTemplate"]["LaunchTemplateSpecification"];
  if (asked.has("LaunchConfigurationName") || asked.has("InstanceId")) {
    return refuse_invalid("This lab's groups launch from launch templates.");
  }
  if (specification.is_none()) {
    return {};
  }
  settings.choices.clear();
  settings.on_demand_base = 0;
  settings.on_demand_percent = 100;
  Value::List overrides = policy["LaunchTemplate"]["Overrides"].list();
  if (overrides.empty()) {
    overrides.emplace_back();
  }
  for (const auto& one : overrides) {
    auto choice = read_choice(world, call, specification, one, settings);
    if (!choice) {
      return tl::unexpected(std::move(choice.error()));
    }
    settings.choices.push_back(*std::move(choice));
  }
  const auto& distribution = policy["InstancesDistribution"];
  constexpr std::int64_t kWhole = 100;
  settings.on_demand_base = static_cast<int>(std::clamp<std::int64_t>(
      distribution["OnDemandBaseCapacity"].integer().value_or(0), 0, kMostMembers));
  if (const auto percent = distribution["OnDemandPercentageAboveBaseCapacity"].integer()) {
    settings.on_demand_percent = static_cast<int>(std::clamp<std::int64_t>(*percent, 0, kWhole));
  }
  settings.template_id = specification["LaunchTemplateId"].text();
  settings.template_name = specification["LaunchTemplateName"].text();
  settings.template_version =
      specification.has("Version") ? specification["Version"].text() : "$Default";
  return {};
}

Answered<int> read_size(const Value& asked, std::string_view name, int otherwise) {
  if (!asked.has(name)) {
    return otherwise;
  }
  const auto number = asked[name].integer();
  return number && *number >= 0 && *number <= kMostMembers
             ? Answered<int>{static_cast<int>(*number)}
             : refuse(400, "ValidationError", "{} must be between 0 and {}", name, kMostMembers);
}

}  // namespace

Answered<sim::ScalingGroupSettings> read_group(const World& world, const Call& call,
                                               const Value& asked,
                                               sim::ScalingGroupSettings settings) {
  const auto least = read_size(asked, "MinSize", settings.least);
  const auto most = read_size(asked, "MaxSize", settings.most);
  if (!least || !most) {
    return tl::unexpected(!least ? least.error() : most.error());
  }
  const auto desired = read_size(asked, "DesiredCapacity",
                                 std::clamp(settings.desired, *least, std::max(*least, *most)));
  const auto cooldown =
      read_size(asked, "DefaultCooldown",
                static_cast<int>(
                    std::chrono::duration_cast<std::chrono::seconds>(settings.cooldown).count()));
  if (!desired || !cooldown) {
    return tl::unexpected(!desired ? desired.error() : cooldown.error());
  }
  if (*least > *most) {
    return refuse_invalid("Max bound must be greater than or equal to min bound");
  }
  if (*desired < *least || *desired > *most) {
    return refuse(400, "ValidationError",
                  "Desired capacity:{} must be between the specified min size:{} and max size:{}",
                  *desired, *least, *most);
  }
  settings.least = *least;
  settings.most = *most;
  settings.desired = *desired;
  settings.cooldown = std::chrono::seconds{*cooldown};
  if (asked.has("AvailabilityZones") || asked.has("VPCZoneIdentifier")) {
    auto zones = read_zones(world, call, asked);
    if (!zones) {
      return tl::unexpected(std::move(zones.error()));
    }
    settings.zones = *std::move(zones);
  }
  if (asked.has("CapacityRebalance")) {
    settings.rebalances = asked["CapacityRebalance"].flag();
  }
  if (auto read = read_template(world, call, asked, settings); !read) {
    return tl::unexpected(std::move(read.error()));
  }
  if (settings.choices.empty()) {
    return refuse_invalid(
        "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
        "MixedInstancesPolicy parameter.");
  }
  if (settings.zones.empty()) {
    return refuse_invalid("At least one Availability Zone or VPC Subnet is required.");
  }
  return settings;
}

GroupTags read_group_tags(const Value& asked) {
  GroupTags tags;
  for (const auto& one : asked["Tags"].list()) {
    tags.all[one["Key"].text()] = one["Value"].text();
    if (one["PropagateAtLaunch"].flag()) {
      tags.passed_on[one["Key"].text()] = one["Value"].text();
    }
  }
  return tags;
}

}  // namespace spotvane::lab
