#include "lab/ec2_networks.hpp"

#include "lab/filter.hpp"
#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"
#include "lab/xml_answer.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace spotvane::lab {

namespace {

constexpr std::string_view kVpcBlock = "172.31.0.0/16";
constexpr std::string_view kFreeAddresses = "4091";  // of a /20, all that AWS does not keep

using Values = std::map<std::string_view, std::string>;

/// What a filter may ask of a default subnet.
Values subnet_values(const Call& call, const model::Zone& zone) {
  const auto id = default_subnet(call.account.id, zone.id);
  return {
      {"availability-zone", zone.name.text()},
      {"availability-zone-id", zone.id.text()},
      {"cidr-block", subnet_block(zone.id)},
      {"default-for-az", "true"},
      {"map-public-ip-on-launch", "true"},
      {"owner-id", call.account.id},
      {"state", "available"},
      {"subnet-arn", fmt::format("arn:aws:ec2:{}:{}:subnet/{}", call.region, call.account.id, id)},
      {"subnet-id", id},
      {"vpc-id", default_vpc(call.account.id, call.region)}};
}

Values vpc_values(const Call& call) {
  return {{"cidr", std::string{kVpcBlock}},
          {"is-default", "true"},
          {"owner-id", call.account.id},
          {"state", "available"},
          {"vpc-id", default_vpc(call.account.id, call.region)}};
}

/// Whether the call's filters let it through; a tag's never do, since nothing has one.
Answered<bool> lets_through(const Call& call, const Values& values) {
  const auto is_tag = [](std::string_view name) {
    return name.starts_with("tag:") || name == "tag-key";
  };
  const auto filters = Filters::read(
      call, [&](std::string_view name) { return values.contains(name) || is_tag(name); });
  if (!filters) {
    return tl::unexpected(filters.error());
  }
  return filters->let_through([&](std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>{} : std::vector{found->second};
  });
}

/// Refuses the first of `wanted` that is not in `known`.
Answered<void> check_known(const std::vector<std::string>& wanted,
                           const std::vector<std::string>& known, std::string_view code,
                           std::string_view kind) {
  for (const auto& id : wanted) {
    if (std::find(known.begin(), known.end(), id) == known.end()) {
      return refuse(400, std::string{code}, "The {} ID '{}' does not exist", kind, id);
    }
  }
  return {};
}

}  // namespace

Answered<std::string> describe_subnets(World& world, const Call& call) {
  const auto zones = world.zones(call.region, call.account);
  const auto ids = call.form.list("SubnetId");
  std::vector<std::string> known;
  for (const auto& zone : zones) {
    known.push_back(default_subnet(call.account.id, zone.id));
  }
  if (auto all = check_known(ids, known, "InvalidSubnetID.NotFound", "subnet"); !all) {
    return tl::unexpected(all.error());
  }
  std::vector<Values> chosen;
  for (const auto& zone : zones) {
    auto values = subnet_values(call, zone);
    const auto wanted = lets_through(call, values);
    if (!wanted) {
      return tl::unexpected(wanted.error());
    }
    if (*wanted &&
        (ids.empty() || std::find(ids.begin(), ids.end(), values["subnet-id"]) != ids.end())) {
      chosen.push_back(std::move(values));
    }
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("subnetSet");
    for (const auto& subnet : chosen) {
      xml.open("item").leaf("subnetId", subnet.at("subnet-id"));
      xml.leaf("subnetArn", subnet.at("subnet-arn")).leaf("state", "available");
      xml.leaf("ownerId", subnet.at("owner-id")).leaf("vpcId", subnet.at("vpc-id"));
      xml.leaf("cidrBlock", subnet.at("cidr-block"));
      xml.leaf("availableIpAddressCount", kFreeAddresses);
      xml.leaf("availabilityZone", subnet.at("availability-zone"));
      xml.leaf("availabilityZoneId", subnet.at("availability-zone-id"));
      xml.leaf("defaultForAz", "true").leaf("mapPublicIpOnLaunch", "true").close();
    }
    xml.close();
  });
}

Answered<std::string> describe_vpcs(World& /*world*/, const Call& call) {
  const auto vpc = vpc_values(call);
  const auto ids = call.form.list("VpcId");
  if (auto all = check_known(ids, {vpc.at("vpc-id")}, "InvalidVpcID.NotFound", "vpc"); !all) {
    return tl::unexpected(all.error());
  }
  const auto wanted = lets_through(call, vpc);
  if (!wanted) {
    return tl::unexpected(wanted.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("vpcSet");
    if (*wanted) {
      xml.open("item").leaf("vpcId", vpc.at("vpc-id")).leaf("state", "available");
      xml.leaf("ownerId", vpc.at("owner-id")).leaf("cidrBlock", kVpcBlock);
      xml.leaf("instanceTenancy", "default").leaf("isDefault", "true").close();
    }
    xml.close();
  });
}

}  // namespace spotvane::lab
