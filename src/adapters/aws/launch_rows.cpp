#include "adapters/aws/launch_rows.hpp"

#include "adapters/aws/xml_fields.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

namespace {

std::string text_in(const wire::XmlNode& item, std::string_view element) {
  return std::string{item.child_text(element)};
}

/// Of "User initiated (2026-08-01 09:00:00 GMT)"; none of any other words.
std::optional<TimePoint> time_of_transition(std::string_view reason) {
  const auto begin = reason.rfind('(');
  const auto end = reason.rfind(" GMT)");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return std::nullopt;
  }
  std::string text{reason.substr(begin + 1, end - begin - 1)};
  std::replace(text.begin(), text.end(), ' ', 'T');
  const auto time = parse_time(text + "Z");
  return time ? std::optional{*time} : std::nullopt;
}

std::vector<model::Tag> tags_in(const wire::XmlNode& item) {
  std::vector<model::Tag> tags;
  for (const auto* set : {"tagSet", "tags"}) {
    item.child(set).each(
        [&](wire::XmlNode tag) { tags.push_back({text_in(tag, "key"), text_in(tag, "value")}); });
  }
  return tags;
}

model::Check check_in(const wire::XmlNode& item, std::string_view element) {
  const auto status = item.child(element).child_text("status");
  if (status == "ok") {
    return model::Check::Ok;
  }
  if (status == "impaired") {
    return model::Check::Impaired;
  }
  return status.empty() || status == "not-applicable" ? model::Check::NotReported
                                                      : model::Check::Waiting;
}

void read_instance(const wire::XmlNode& item, Rows<model::Instance>& rows) {
  const auto state = model::parse_instance_state(item.child("instanceState").child_text("name"));
  model::Instance instance{
      .id = name_in<model::InstanceId>(item, "instanceId"),
      .state = state.value_or(model::InstanceState::Pending),
      .state_reason = text_in(item.child("stateReason"), "code"),
      .type = name_in<model::InstanceType>(item, "instanceType"),
      .zone = name_in<model::ZoneName>(item.child("placement"), "availabilityZone"),
      .launched = time_in(item, "launchTime"),
      .ended = time_of_transition(item.child_text("reason")),
      .request = name_in<model::SpotRequestId>(item, "spotInstanceRequestId"),
      .tags = tags_in(item)};
  // A state that is new to us is taken for one that costs money.
  const bool is_good = !instance.id.empty();
  add(rows, is_good, std::move(instance));
}

Result<wire::XmlDocument> document_of(std::string_view body, std::string_view action) {
  auto document = wire::XmlDocument::parse(body);
  if (document && !document->root().name().starts_with(action)) {
    return fail(ErrorKind::Corrupt, "expected '{}', got '{}'", action, document->root().name());
  }
  return document;
}

}  // namespace

void read_row(wire::XmlNode item, Rows<model::SpotRequest>& rows) {
  const auto state = model::parse_spot_request_state(item.child_text("state"));
  const auto status = item.child("status");
  model::SpotRequest request{
      .id = name_in<model::SpotRequestId>(item, "spotInstanceRequestId"),
      .state = state.value_or(model::SpotRequestState::Active),
      .status_code = text_in(status, "code"),
      .message = text_in(status, "message"),
      .updated = time_in(status, "updateTime"),
      .instance = name_in<model::InstanceId>(item, "instanceId"),
      .type = name_in<model::InstanceType>(item.child("launchSpecification"), "instanceType"),
      .tags = tags_in(item)};
  const bool is_good = !request.id.empty();
  add(rows, is_good, std::move(request));
}

void read_row(wire::XmlNode item, Rows<model::Instance>& rows) {
  if (const auto instances = item.child("instancesSet")) {
    instances.each([&](wire::XmlNode instance) { read_instance(instance, rows); });
  } else {
    read_instance(item, rows);
  }
}

void read_row(wire::XmlNode item, Rows<model::InstanceChecks>& rows) {
  const auto state = model::parse_instance_state(item.child("instanceState").child_text("name"));
  model::InstanceChecks checks{.id = name_in<model::InstanceId>(item, "instanceId"),
                               .state = state.value_or(model::InstanceState::Running),
                               .system = check_in(item, "systemStatus"),
                               .instance = check_in(item, "instanceStatus"),
                               .attached_ebs = check_in(item, "attachedEbsStatus")};
  const bool is_good = state && !checks.id.empty();
  add(rows, is_good, std::move(checks));
}

void read_row(wire::XmlNode item, Rows<model::Fleet>& rows) {
  model::Fleet fleet{.id = name_in<model::FleetId>(item, "fleetId"), .tags = tags_in(item)};
  fleet.is_deleted = item.child_text("fleetState").starts_with("deleted");
  item.child("fleetInstanceSet").each([&](wire::XmlNode launched) {
    launched.child("instanceIds").each([&](wire::XmlNode id) {
      fleet.instances.emplace_back(std::string{id.text()});
    });
  });
  item.child("errorSet").each([&](wire::XmlNode error) {
    fleet.errors.push_back({text_in(error, "errorCode"), text_in(error, "errorMessage")});
  });
  const bool is_good = !fleet.id.empty();
  add(rows, is_good, std::move(fleet));
}

void read_row(wire::XmlNode item, Rows<model::LaunchTemplate>& rows) {
  model::LaunchTemplate found{.id = name_in<model::LaunchTemplateId>(item, "launchTemplateId"),
                              .name = text_in(item, "launchTemplateName"),
                              .tags = tags_in(item)};
  const bool is_good = !found.id.empty();
  add(rows, is_good, std::move(found));
}

void read_row(wire::XmlNode item, Rows<model::Image>& rows) {
  model::Image image{.id = name_in<model::ImageId>(item, "imageId"),
                     .architecture = text_in(item, "architecture"),
                     .name = text_in(item, "name"),
                     .created = time_in(item, "creationDate")};
  const bool is_good = !image.id.empty() && !image.architecture.empty();
  add(rows, is_good, std::move(image));
}

Result<model::Fleet> read_fleet(std::string_view body) {
  return document_of(body, "CreateFleet").and_then([](const wire::XmlDocument& document) {
    Rows<model::Fleet> rows;
    read_row(document.root(), rows);
    return rows.good.empty() ? fail(ErrorKind::Corrupt, "CreateFleet: the answer names no fleet")
                             : Result<model::Fleet>{std::move(rows.good.front())};
  });
}

Result<model::LaunchTemplate> read_launch_template(std::string_view body) {
  return document_of(body, "CreateLaunchTemplate").and_then([](const wire::XmlDocument& document) {
    Rows<model::LaunchTemplate> rows;
    read_row(document.root().child("launchTemplate"), rows);
    return rows.good.empty()
               ? fail(ErrorKind::Corrupt, "CreateLaunchTemplate: the answer names none")
               : Result<model::LaunchTemplate>{std::move(rows.good.front())};
  });
}

}  // namespace spotvane::adapters
