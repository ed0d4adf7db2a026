#include "adapters/aws/aws_fleets.hpp"

#include "adapters/aws/pages.hpp"
#include "adapters/aws/xml_fields.hpp"
#include "base/number.hpp"
#include "wire/form.hpp"
#include "wire/xml.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::adapters {

namespace {

using wire::Form;
using wire::XmlNode;

constexpr const char* kMostOfPage = "1000";
constexpr std::string_view kConfigPrefix = "SpotFleetRequestConfig.";

bool is_ec2_fleet(const std::string& id) {
  return id.starts_with("fleet-");
}

/// Spot Fleets write "priceCapacityOptimized" where EC2 Fleets have "price-capacity-optimized".
std::string with_dashes(std::string_view camel) {
  std::string text;
  for (const char letter : camel) {
    const bool is_upper = letter >= 'A' && letter <= 'Z';
    text += is_upper ? "-" : "";
    text += is_upper ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return text;
}

std::string without_dashes(std::string_view words) {
  std::string text;
  bool begins_word = false;
  for (const char letter : words) {
    const bool is_lower = letter >= 'a' && letter <= 'z';
    if (letter != '-') {
      text += begins_word && is_lower ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    begins_word = letter == '-';
  }
  return text;
}

void read_pool(XmlNode one, SpotFleet& fleet) {
  auto zone = one.child_text("availabilityZone");
  if (zone.empty()) {
    zone = one.child("placement").child_text("availabilityZone");
  }
  const auto weight = real_in(one, "weightedCapacity");
  const std::string type{one.child_text("instanceType")};
  fleet.pools.push_back(
      {model::InstanceType{type}, model::ZoneName{std::string{zone}}, weight.value_or(1.0)});
  if (weight) {
    fleet.weights.emplace(type, *weight);
  }
}

void read_configs(XmlNode holder, SpotFleet& fleet) {
  holder.child("launchTemplateConfigs").each([&](XmlNode one) {
    one.child("overrides").each([&](XmlNode each) { read_pool(each, fleet); });
  });
}

Result<SpotFleet> read_spot_fleet(XmlNode item) {
  const auto config = item.child("spotFleetRequestConfig");
  const auto target = real_in(config, "targetCapacity");
  const auto fulfilled = real_in(config, "fulfilledCapacity");
  const std::string id{item.child_text("spotFleetRequestId")};
  if (!target || !fulfilled) {
    return fail(ErrorKind::Corrupt, "Spot Fleet '{}' is described without its capacity", id);
  }
  SpotFleet fleet{.id = id,
                  .state = std::string{item.child_text("spotFleetRequestState")},
                  .target = *target,
                  .fulfilled = *fulfilled,
                  .on_demand = real_in(config, "onDemandTargetCapacity").value_or(0.0),
                  .activity = std::string{item.child_text("activityStatus")},
                  .type = std::string{config.child_text("type")},
                  .strategy = with_dashes(config.child_text("allocationStrategy")),
                  .created = time_in(item, "createTime")};
  config.child("launchSpecifications").each([&](XmlNode one) { read_pool(one, fleet); });
  read_configs(config, fleet);
  return fleet;
}

Result<SpotFleet> read_ec2_fleet(XmlNode item) {
  const auto targets = item.child("targetCapacitySpecification");
  const auto target = real_in(targets, "totalTargetCapacity");
  const auto fulfilled = real_in(item, "fulfilledCapacity");
  const std::string id{item.child_text("fleetId")};
  if (!target || !fulfilled) {
    return fail(ErrorKind::Corrupt, "EC2 Fleet '{}' is described without its capacity", id);
  }
  SpotFleet fleet{
      .id = id,
      .state = std::string{item.child_text("fleetState")},
      .target = *target,
      .fulfilled = *fulfilled,
      .on_demand = real_in(targets, "onDemandTargetCapacity").value_or(0.0),
      .activity = std::string{item.child_text("activityStatus")},
      .type = std::string{item.child_text("type")},
      .strategy = std::string{item.child("spotOptions").child_text("allocationStrategy")},
      .created = time_in(item, "createTime")};
  read_configs(item, fleet);
  return fleet;
}

/// How to ask for fleets of one kind, and to read them.
struct KindOfFleet {
  const char* action;
  const char* id_list;
  const char* set;
  Result<SpotFleet> (*read)(XmlNode item);
};

constexpr KindOfFleet kSpotFleets{"DescribeSpotFleetRequests", "SpotFleetRequestId.1",
                                  "spotFleetRequestConfigSet", read_spot_fleet};
constexpr KindOfFleet kEc2Fleets{"DescribeFleets", "FleetId.1", "fleetSet", read_ec2_fleet};

const KindOfFleet& kind_of(FleetKind kind) {
  return kind == FleetKind::Ec2Fleet ? kEc2Fleets : kSpotFleets;
}

Result<SpotFleet> read_one(const Result<std::string>& body, const KindOfFleet& kind,
                           const std::string& id) {
  const auto document = xml_of(body, kind.action);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto item = document->root().child(kind.set).child("item");
  return item ? kind.read(item) : fail(ErrorKind::NotFound, "there is no fleet '{}'", id);
}

/// The parameters of what a fleet may launch.
void add_pools(Form& form, const FleetOrder& order, std::string_view prefix) {
  const auto config = fmt::format("{}LaunchTemplateConfigs.1.", prefix);
  form.add(config + (order.launch_template.starts_with("lt-")
                         ? "LaunchTemplateSpecification.LaunchTemplateId"
                         : "LaunchTemplateSpecification.LaunchTemplateName"),
           order.launch_template);
  form.add(config + "LaunchTemplateSpecification.Version",
           order.version.empty() ? "$Default" : order.version);
  for (std::size_t i = 0; i < order.pools.size(); ++i) {
    const auto& pool = order.pools[i];
    const auto place = fmt::format("{}Overrides.{}.", config, i + 1);
    form.add(place + "InstanceType", pool.type.text());
    if (!pool.zone.empty()) {
      form.add(place + "AvailabilityZone", pool.zone.text());
    }
    form.add(place + "WeightedCapacity", fmt::format("{}", pool.weight));
  }
}

void add_fleet_tags(Form& form, const FleetOrder& order, std::string_view prefix,
                    std::string_view resource) {
  if (order.tags.empty()) {
    return;
  }
  const auto place = fmt::format("{}TagSpecification.1.", prefix);
  form.add(place + "ResourceType", resource);
  for (std::size_t i = 0; i < order.tags.size(); ++i) {
    form.add(fmt::format("{}Tag.{}.Key", place, i + 1), order.tags[i].key);
    form.add(fmt::format("{}Tag.{}.Value", place, i + 1), order.tags[i].value);
  }
}

Form spot_fleet_form(const FleetOrder& order) {
  auto form = Form::call("RequestSpotFleet", wire::kEc2.version);
  const auto add = [&](const char* name, const std::string& value) {
    form.add(std::string{kConfigPrefix} + name, value);
  };
  add("ClientToken", order.token);
  add("IamFleetRole", order.role);
  add("TargetCapacity", fmt::to_string(order.target));
  add("OnDemandTargetCapacity", fmt::to_string(order.on_demand));
  add("AllocationStrategy", without_dashes(order.strategy));
  add("Type", order.maintains ? "maintain" : "request");
  add_pools(form, order, kConfigPrefix);
  add_fleet_tags(form, order, kConfigPrefix, "spot-fleet-request");
  return form;
}

Form ec2_fleet_form(const FleetOrder& order) {
  auto form = Form::call("CreateFleet", wire::kEc2.version);
  form.add("ClientToken", order.token);
  form.add("Type", order.maintains ? "maintain" : "request");
  form.add("SpotOptions.AllocationStrategy", order.strategy);
  form.add("TargetCapacitySpecification.TotalTargetCapacity", fmt::to_string(order.target));
  form.add("TargetCapacitySpecification.OnDemandTargetCapacity", fmt::to_string(order.on_demand));
  form.add("TargetCapacitySpecification.DefaultTargetCapacityType", "spot");
  add_pools(form, order, "");
  add_fleet_tags(form, order, "", "fleet");
  return form;
}

Form scaling_form(const FleetTarget& wanted) {
  if (is_ec2_fleet(wanted.id)) {
    auto form = Form::call("ModifyFleet", wire::kEc2.version);
    form.add("FleetId", wanted.id);
    form.add("TargetCapacitySpecification.TotalTargetCapacity", fmt::to_string(wanted.target));
    if (wanted.on_demand) {
      form.add("TargetCapacitySpecification.OnDemandTargetCapacity",
               fmt::to_string(*wanted.on_demand));
      form.add("TargetCapacitySpecification.DefaultTargetCapacityType", "spot");
    }
    form.add("ExcessCapacityTerminationPolicy",
             wanted.keeps_excess ? "no-termination" : "termination");
    return form;
  }
  auto form = Form::call("ModifySpotFleetRequest", wire::kEc2.version);
  form.add("SpotFleetRequestId", wanted.id);
  form.add("TargetCapacity", fmt::to_string(wanted.target));
  if (wanted.on_demand) {
    form.add("OnDemandTargetCapacity", fmt::to_string(*wanted.on_demand));
  }
  form.add("ExcessCapacityTerminationPolicy", wanted.keeps_excess ? "noTermination" : "default");
  return form;
}

/// Of one fleet: AWS answers 200 and says in a list why not.
Result<void> read_ending(const Result<std::string>& body, bool is_ec2) {
  const auto* action = is_ec2 ? "DeleteFleets" : "CancelSpotFleetRequests";
  const auto document = xml_of(body, action);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto error =
      document->root()
          .child(is_ec2 ? "unsuccessfulFleetDeletionSet" : "unsuccessfulFleetRequestSet")
          .child("item")
          .child("error");
  if (!error) {
    return {};
  }
  const auto code = error.child_text("code");
  const auto kind = code.ends_with("DoesNotExist") ? ErrorKind::NotFound : ErrorKind::InvalidInput;
  return fail(kind, "ec2:{}: {} ({})", action, error.child_text("message"), code);
}

}  // namespace

void AwsFleets::describe_fleet(model::Region region, std::string id, On<SpotFleet> on_fleet) {
  const auto& kind = kind_of(is_ec2_fleet(id) ? FleetKind::Ec2Fleet : FleetKind::SpotFleet);
  auto form = Form::call(kind.action, wire::kEc2.version);
  form.add(kind.id_list, id);
  client_.call({wire::kEc2, region.text(), kind.action, form.encode()},
               [&kind, id, on_fleet = std::move(on_fleet)](const Result<std::string>& body) {
                 on_fleet(read_one(body, kind, id));
               });
}

void AwsFleets::fleet_instances(model::Region region, std::string id,
                                On<std::vector<FleetInstance>> on_instances) {
  const bool is_ec2 = is_ec2_fleet(id);
  const char* action = is_ec2 ? "DescribeFleetInstances" : "DescribeSpotFleetInstances";
  const auto found = std::make_shared<std::vector<FleetInstance>>();
  Pages pages{.call =
                  [region, id, is_ec2, action](const std::string& token) {
                    auto form = Form::call(action, wire::kEc2.version);
                    form.add(is_ec2 ? "FleetId" : "SpotFleetRequestId", id);
                    form.add("MaxResults", kMostOfPage);
                    if (!token.empty()) {
                      form.add("NextToken", token);
                    }
                    return AwsCall{wire::kEc2, region.text(), action, form.encode()};
                  },
              .read = [found, action](const std::string& body) -> Result<std::string> {
                const auto document = xml_of(body, action);
                if (!document) {
                  return tl::unexpected(document.error());
                }
                document->root().child("activeInstanceSet").each([&](XmlNode one) {
                  found->push_back({std::string{one.child_text("instanceId")},
                                    std::string{one.child_text("instanceType")}});
                });
                return std::string{document->root().child_text("nextToken")};
              }};
  read_pages(client_, std::move(pages),
             [found, on_instances = std::move(on_instances)](const Result<void>& end) {
               if (!end) {
                 return on_instances(tl::unexpected(end.error()));
               }
               on_instances(std::move(*found));
             });
}

void AwsFleets::scale_fleet(FleetTarget wanted, On<void> on_done) {
  const auto form = scaling_form(wanted);
  client_.call({wire::kEc2, wanted.region.text(), *form.find("Action"), form.encode()},
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

void AwsFleets::create_fleet(FleetOrder order, On<std::string> on_id) {
  const bool is_ec2 = order.kind == FleetKind::Ec2Fleet;
  const auto form = is_ec2 ? ec2_fleet_form(order) : spot_fleet_form(order);
  client_.call(
      {wire::kEc2, order.region.text(), *form.find("Action"), form.encode()},
      [is_ec2, on_id = std::move(on_id)](const Result<std::string>& body) {
        const auto document = xml_of(body, "create a fleet");
        if (!document) {
          return on_id(tl::unexpected(document.error()));
        }
        std::string id{document->root().child_text(is_ec2 ? "fleetId" : "spotFleetRequestId")};
        on_id(id.empty() ? fail(ErrorKind::Corrupt, "the answer names no fleet")
                         : Result<std::string>{std::move(id)});
      });
}

/// The fleets of one kind after those of the other.
struct AwsFleets::Listing {
  model::Region region;
  On<std::vector<SpotFleet>> on_fleets;
  std::vector<SpotFleet> found = {};
};

void AwsFleets::list_fleets(model::Region region, On<std::vector<SpotFleet>> on_fleets) {
  list_kind(std::make_shared<Listing>(Listing{std::move(region), std::move(on_fleets)}),
            FleetKind::SpotFleet);
}

void AwsFleets::list_kind(const std::shared_ptr<Listing>& listing, FleetKind which) {
  const auto& kind = kind_of(which);
  Pages pages{.call =
                  [listing, &kind](const std::string& token) {
                    auto form = Form::call(kind.action, wire::kEc2.version);
                    if (!token.empty()) {
                      form.add("NextToken", token);
                    }
                    return AwsCall{wire::kEc2, listing->region.text(), kind.action, form.encode()};
                  },
              .read = [listing, &kind](const std::string& body) -> Result<std::string> {
                const auto document = xml_of(body, kind.action);
                if (!document) {
                  return tl::unexpected(document.error());
                }
                document->root().child(kind.set).each([&](XmlNode one) {
                  if (auto fleet = kind.read(one)) {
                    listing->found.push_back(*std::move(fleet));
                  }
                });
                return std::string{document->root().child_text("nextToken")};
              }};
  read_pages(client_, std::move(pages), [this, listing, which](const Result<void>& end) {
    if (!end) {
      return listing->on_fleets(tl::unexpected(end.error()));
    }
    if (which == FleetKind::SpotFleet) {
      return list_kind(listing, FleetKind::Ec2Fleet);
    }
    listing->on_fleets(std::move(listing->found));
  });
}

void AwsFleets::cancel_fleet(model::Region region, std::string id, bool ends_instances,
                             On<void> on_done) {
  const bool is_ec2 = is_ec2_fleet(id);
  auto form = Form::call(is_ec2 ? "DeleteFleets" : "CancelSpotFleetRequests", wire::kEc2.version);
  form.add(is_ec2 ? "FleetId.1" : "SpotFleetRequestId.1", id);
  form.add("TerminateInstances", ends_instances ? "true" : "false");
  client_.call({wire::kEc2, region.text(), *form.find("Action"), form.encode()},
               [is_ec2, on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(read_ending(body, is_ec2));
               });
}

}  // namespace spotvane::adapters
