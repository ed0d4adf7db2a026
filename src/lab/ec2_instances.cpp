#include "lab/ec2_instances.hpp"

#include "lab/filter.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"
#include "wire/base64.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace spotvane::lab {

namespace {

constexpr std::size_t kNamedStatuses = 100;
constexpr PageSizes kInstancePages{.least = 5, .most = 1000, .ordinary = 1000};
constexpr std::array<std::string_view, 24> kInstanceFilters{"architecture",
                                                            "attached-ebs-status.status",
                                                            "availability-zone",
                                                            "availability-zone-id",
                                                            "client-token",
                                                            "image-id",
                                                            "instance-id",
                                                            "instance-lifecycle",
                                                            "instance-state-code",
                                                            "instance-state-name",
                                                            "instance-status.reachability",
                                                            "instance-status.status",
                                                            "instance-type",
                                                            "key-name",
                                                            "launch-time",
                                                            "owner-id",
                                                            "private-ip-address",
                                                            "reservation-id",
                                                            "spot-instance-request-id",
                                                            "state-reason-code",
                                                            "subnet-id",
                                                            "system-status.reachability",
                                                            "system-status.status",
                                                            "vpc-id"};

bool knows_instance_filter(std::string_view filter) {
  return is_tag_filter(filter) || std::find(kInstanceFilters.begin(), kInstanceFilters.end(),
                                            filter) != kInstanceFilters.end();
}

std::string_view reachability(sim::CheckState check) {
  switch (check) {
    case sim::CheckState::Ok:
      return "passed";
    case sim::CheckState::Impaired:
      return "failed";
    case sim::CheckState::Initializing:
      return "initializing";
    case sim::CheckState::NotApplicable:
      return {};
  }
  return {};
}

std::vector<std::string> status_values(std::string_view filter, const sim::Instance& instance,
                                       TimePoint as_of) {
  const auto ebs = sim::ebs_check(instance, as_of);
  if (filter == "attached-ebs-status.status") {
    return ebs ? std::vector{std::string{sim::to_text(*ebs)}} : std::vector<std::string>{};
  }
  const auto check = filter.starts_with("system-status") ? sim::system_check(instance, as_of)
                                                         : sim::instance_check(instance, as_of);
  return {std::string{filter.ends_with(".status") ? sim::to_text(check) : reachability(check)}};
}

std::vector<std::string> filter_values(std::string_view filter, const World& world,
                                       const sim::Instance& instance, const ZoneNames& zones,
                                       TimePoint as_of) {
  const auto state = sim::state(instance, as_of);
  if (is_tag_filter(filter)) {
    return tag_values(filter, instance.tags);
  }
  if (filter.find("-status.") != std::string_view::npos) {
    return status_values(filter, instance, as_of);
  }
  if (filter == "instance-id") {
    return {instance.id};
  }
  if (filter == "instance-state-name") {
    return {std::string{sim::to_text(state)}};
  }
  if (filter == "instance-state-code") {
    return {fmt::to_string(static_cast<int>(state))};
  }
  if (filter == "instance-lifecycle") {
    return instance.is_spot ? std::vector<std::string>{"spot"} : std::vector<std::string>{};
  }
  if (filter == "spot-instance-request-id") {
    return {instance.spot_request_id};
  }
  if (filter == "instance-type") {
    return {instance.spec.type.text()};
  }
  if (filter == "availability-zone") {
    return {zones.name(instance.spec.zone)};
  }
  if (filter == "availability-zone-id") {
    return {instance.spec.zone.text()};
  }
  if (filter == "client-token") {
    return {instance.client_token};
  }
  if (filter == "image-id") {
    return {instance.spec.image_id};
  }
  if (filter == "key-name") {
    return {instance.spec.key_name};
  }
  if (filter == "launch-time") {
    return {wire::to_timestamp(instance.launched_at)};
  }
  if (filter == "owner-id") {
    return {instance.owner.account};
  }
  if (filter == "private-ip-address") {
    return {private_address(instance)};
  }
  if (filter == "reservation-id") {
    return {instance.reservation_id};
  }
  if (filter == "state-reason-code") {
    return {std::string{instance.reason.code}};
  }
  if (filter == "subnet-id") {
    return {default_subnet(instance.owner.account, instance.spec.zone)};
  }
  if (filter == "vpc-id") {
    return {default_vpc(instance.owner.account, instance.owner.region)};
  }
  const auto& fitting = world.instances().book().type(instance.spec.type)->architectures;
  return {fitting.empty() ? std::string{"x86_64"} : fitting.back()};
}

/// The instances that the call is about, at the moment it asks of.
Answered<std::vector<const sim::Instance*>> select(const World& world, const Call& call,
                                                   TimePoint as_of, const ZoneNames& zones) {
  const auto filters = Filters::read(call, knows_instance_filter);
  const auto ids = instance_ids(call);
  if (!filters || !ids) {
    return tl::unexpected(!filters ? filters.error() : ids.error());
  }
  const auto owner = owner_of(call);
  const auto& market = world.instances();
  std::vector<const sim::Instance*> found;
  std::vector<std::string> missing;
  for (const auto& id : std::set<std::string>(ids->begin(), ids->end())) {
    if (const auto* instance = market.find_instance(owner, id, as_of)) {
      found.push_back(instance);
    } else {
      missing.push_back(id);
    }
  }
  if (!missing.empty()) {
    return refuse(400, "InvalidInstanceID.NotFound", "The instance ID{} '{}' do{} not exist",
                  missing.size() == 1 ? "" : "s", fmt::join(missing, ", "),
                  missing.size() == 1 ? "es" : "");
  }
  if (ids->empty()) {
    if (const auto wanted = filters->exact_values("instance-id")) {
      for (const auto& id : *wanted) {
        if (const auto* instance = market.find_instance(owner, id, as_of)) {
          found.push_back(instance);
        }
      }
    } else {
      found = market.instances(owner, as_of);
    }
  }
  std::erase_if(found, [&](const sim::Instance* instance) {
    return !filters->let_through([&](std::string_view filter) {
      return filter_values(filter, world, *instance, zones, as_of);
    });
  });
  return found;
}

void write_check(wire::XmlWriter& xml, std::string_view element, const sim::Instance& instance,
                 sim::CheckState check) {
  xml.open(element).leaf("status", sim::to_text(check));
  if (check != sim::CheckState::NotApplicable) {
    xml.open("details").open("item").leaf("name", "reachability");
    xml.leaf("status", reachability(check));
    if (check == sim::CheckState::Impaired) {
      xml.leaf("impairedSince", wire::to_timestamp(instance.running_at));
    }
    xml.close().close();
  }
  xml.close();
}

void write_status(wire::XmlWriter& xml, const sim::Instance& instance, const ZoneNames& zones,
                  TimePoint as_of) {
  xml.open("item").leaf("instanceId", instance.id);
  xml.leaf("availabilityZone", zones.name(instance.spec.zone));
  xml.leaf("availabilityZoneId", instance.spec.zone.text());
  write_state(xml, "instanceState", sim::state(instance, as_of));
  write_check(xml, "systemStatus", instance, sim::system_check(instance, as_of));
  write_check(xml, "instanceStatus", instance, sim::instance_check(instance, as_of));
  if (const auto ebs = sim::ebs_check(instance, as_of)) {
    write_check(xml, "attachedEbsStatus", instance, *ebs);
  }
  xml.close();
}

}  // namespace

Answered<std::string> describe_instances(World& world, const Call& call) {
  const auto page = page_parameter(call, world.seed(), kInstancePages);
  if (!page) {
    return tl::unexpected(page.error());
  }
  const ZoneNames zones{world, call};
  auto found = select(world, call, page->as_of, zones);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("reservationSet");
    for (auto i = page->first; i < page->end(found->size()); ++i) {
      const auto& instance = *(*found)[i];
      const bool begins =
          i == page->first || (*found)[i - 1]->reservation_id != instance.reservation_id;
      if (begins) {
        xml.open("item");
        open_reservation(xml, instance);
      }
      write_instance(xml, world, instance, zones, page->as_of);
      if (i + 1 == page->end(found->size()) ||
          (*found)[i + 1]->reservation_id != instance.reservation_id) {
        xml.close().close();
      }
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found->size()));
  });
}

Answered<std::string> describe_instance_status(World& world, const Call& call) {
  const auto page = page_parameter(call, world.seed(), kInstancePages);
  const auto all = flag_parameter(call, "IncludeAllInstances");
  if (!page || !all) {
    return tl::unexpected(!page ? page.error() : all.error());
  }
  if (call.form.list("InstanceId").size() > kNamedStatuses) {
    return refuse(400, "InvalidParameterValue",
                  "The maximum number of instance IDs that can be specified is {}", kNamedStatuses);
  }
  const ZoneNames zones{world, call};
  auto found = select(world, call, page->as_of, zones);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  if (!*all) {
    std::erase_if(*found, [&page](const sim::Instance* instance) {
      return sim::state(*instance, page->as_of) != sim::InstanceState::Running;
    });
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("instanceStatusSet");
    for (auto i = page->first; i < page->end(found->size()); ++i) {
      write_status(xml, *(*found)[i], zones, page->as_of);
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found->size()));
  });
}

Answered<std::string> get_console_output(World& world, const Call& call) {
  const auto id = text_parameter(call, "InstanceId");
  if (!id) {
    return refuse_missing("InstanceId");
  }
  const auto* instance = world.instances().find_instance(owner_of(call), *id, call.as_of);
  if (instance == nullptr) {
    return refuse(400, "InvalidInstanceID.NotFound", "The instance ID '{}' does not exist", *id);
  }
  const auto output = world.hosting() ? world.hosting()->console(*instance) : std::string{};
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("instanceId", instance->id).leaf("timestamp", wire::to_timestamp(call.now));
    xml.leaf("output", wire::to_base64(output));
  });
}

}  // namespace spotvane::lab
