#include "lab/resource_rows.hpp"

#include "lab/parameter.hpp"
#include "sim/value_noise.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::string_view kTagFilter = "tag:";

void write_groups(wire::XmlWriter& xml, const sim::LaunchSpec& spec) {
  xml.open("groupSet");
  for (const auto& group : spec.security_groups) {
    xml.open("item").leaf("groupId", group).leaf("groupName", group).close();
  }
  xml.close();
}

void leaf_if(wire::XmlWriter& xml, std::string_view name, std::string_view text) {
  if (!text.empty()) {
    xml.leaf(name, text);
  }
}

/// "User initiated (2026-08-01 09:00:00 GMT)"; of a launch that failed, why.
std::string transition_reason(const sim::Instance& instance) {
  if (instance.reason.code == "Server.InternalError") {
    return std::string{instance.reason.message};
  }
  const auto when = wire::to_timestamp(instance.shutdown_at);
  return fmt::format("{} initiated ({} {} GMT)",
                     instance.reason.code.starts_with("Client.") ? "User" : "Service",
                     when.substr(0, when.find('T')), when.substr(when.find('T') + 1, 8));
}

void write_placement(wire::XmlWriter& xml, const sim::LaunchSpec& spec, const ZoneNames& zones) {
  xml.open("placement").leaf("availabilityZone", zones.name(spec.zone));
  xml.leaf("availabilityZoneId", spec.zone.text()).leaf("groupName", "");
  xml.leaf("tenancy", "default").close();
}

}  // namespace

void write_tags(wire::XmlWriter& xml, const sim::Tags& tags) {
  xml.open("tagSet");
  for (const auto& [key, value] : tags) {
    xml.open("item").leaf("key", key).leaf("value", value).close();
  }
  xml.close();
}

void write_next_token(wire::XmlWriter& xml, const std::string& next_token) {
  leaf_if(xml, "nextToken", next_token);
}

bool is_tag_filter(std::string_view filter) {
  return filter.starts_with(kTagFilter) || filter == "tag-key" || filter == "tag-value";
}

std::vector<std::string> tag_values(std::string_view filter, const sim::Tags& tags) {
  std::vector<std::string> values;
  for (const auto& [key, value] : tags) {
    if (filter == "tag-key") {
      values.push_back(key);
    } else if (filter == "tag-value" || filter.substr(kTagFilter.size()) == key) {
      values.push_back(value);
    }
  }
  return values;
}

void write_request(wire::XmlWriter& xml, const sim::SpotRequest& request, const ZoneNames& zones,
                   TimePoint as_of) {
  const auto& status = sim::status(request, as_of);
  xml.open("item").leaf("spotInstanceRequestId", request.id);
  if (request.max_price) {
    xml.leaf("spotPrice", to_text_six_places(*request.max_price));
  }
  xml.leaf("type", "one-time").leaf("state", sim::to_text(status.state));
  xml.open("status").leaf("code", status.code);
  xml.leaf("updateTime", wire::to_timestamp(status.at)).leaf("message", status.message).close();
  xml.open("launchSpecification").leaf("imageId", request.spec.image_id);
  leaf_if(xml, "keyName", request.spec.key_name);
  write_groups(xml, request.spec);
  xml.leaf("instanceType", request.spec.type.text());
  if (!request.spec.zone.text().empty()) {
    xml.open("placement").leaf("availabilityZone", zones.name(request.spec.zone)).close();
  }
  xml.open("monitoring").leaf("enabled", "false").close().close();
  if (request.fulfilled_at <= as_of) {
    xml.leaf("instanceId", request.instance_id);
    xml.leaf("launchedAvailabilityZone", zones.name(request.spec.zone));
  }
  xml.leaf("createTime", wire::to_timestamp(request.created_at));
  xml.leaf("productDescription", "Linux/UNIX");
  write_tags(xml, request.tags);
  if (request.valid_until != sim::kNever) {
    xml.leaf("validUntil", wire::to_timestamp(request.valid_until));
  }
  xml.leaf("instanceInterruptionBehavior", "terminate").close();
}

void write_state(wire::XmlWriter& xml, std::string_view element, sim::InstanceState state) {
  xml.open(element).leaf("code", fmt::to_string(static_cast<int>(state)));
  xml.leaf("name", sim::to_text(state)).close();
}

Answered<std::vector<std::string>> instance_ids(const Call& call) {
  auto ids = call.form.list("InstanceId");
  for (const auto& id : ids) {
    if (!is_id(id, "i-")) {
      return refuse(400, "InvalidInstanceID.Malformed", R"(Invalid id: "{}")", id);
    }
  }
  if (!ids.empty() && text_parameter(call, "MaxResults")) {
    return refuse(400, "InvalidParameterCombination",
                  "The parameter instancesSet cannot be used with the parameter maxResults");
  }
  return ids;
}

void open_reservation(wire::XmlWriter& xml, const sim::Instance& instance) {
  xml.leaf("reservationId", instance.reservation_id);
  xml.leaf("ownerId", instance.owner.account).empty("groupSet").open("instancesSet");
}

std::string private_address(const sim::Instance& instance) {
  const auto key = sim::derive(0, instance.id);
  return fmt::format("172.31.{}.{}",
                     16 * subnet_number(instance.spec.zone) + static_cast<int>(key % 16),
                     4 + key / 256 % 250);
}

void write_instance(wire::XmlWriter& xml, const World& world, const sim::Instance& instance,
                    const ZoneNames& zones, TimePoint as_of) {
  const auto state = sim::state(instance, as_of);
  const auto& facts = *world.instances().book().type(instance.spec.type);
  const bool is_over =
      state == sim::InstanceState::ShuttingDown || state == sim::InstanceState::Terminated;
  xml.open("item").leaf("instanceId", instance.id).leaf("imageId", instance.spec.image_id);
  write_state(xml, "instanceState", state);
  xml.leaf("privateDnsName", "").leaf("dnsName", "");
  xml.leaf("reason", is_over ? transition_reason(instance) : std::string{});
  leaf_if(xml, "keyName", instance.spec.key_name);
  xml.leaf("amiLaunchIndex", fmt::to_string(instance.launch_index));
  xml.leaf("instanceType", instance.spec.type.text());
  xml.leaf("launchTime", wire::to_timestamp(instance.launched_at));
  write_placement(xml, instance.spec, zones);
  xml.open("monitoring").leaf("state", "disabled").close();
  if (state != sim::InstanceState::Terminated) {
    xml.leaf("subnetId", default_subnet(instance.owner.account, instance.spec.zone));
    xml.leaf("vpcId", default_vpc(instance.owner.account, instance.owner.region));
    xml.leaf("privateIpAddress", private_address(instance));
  }
  if (is_over) {
    xml.open("stateReason").leaf("code", instance.reason.code);
    xml.leaf("message", instance.reason.message).close();
  }
  xml.leaf("architecture", facts.architectures.empty() ? "x86_64" : facts.architectures.back());
  xml.leaf("rootDeviceType", "ebs").leaf("rootDeviceName", "/dev/xvda");
  xml.leaf("virtualizationType", "hvm");
  if (instance.is_spot) {
    xml.leaf("instanceLifecycle", "spot");
    leaf_if(xml, "spotInstanceRequestId", instance.spot_request_id);
  }
  leaf_if(xml, "clientToken", instance.client_token);
  write_tags(xml, instance.tags);
  write_groups(xml, instance.spec);
  xml.leaf("platformDetails", "Linux/UNIX").close();
}

}  // namespace spotvane::lab
