#include "lab/ec2_spot_requests.hpp"

#include "lab/filter.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostRequests = 1000;  // of one call
constexpr PageSizes kRequestPages{.least = 5, .most = 1000, .ordinary = 1000};
constexpr std::array<std::string_view, 1> kTaggableByRequests{"spot-instances-request"};
constexpr std::array<std::string_view, 17> kRequestFilters{"create-time",
                                                           "fault-code",
                                                           "instance-id",
                                                           "launch-group",
                                                           "launch.image-id",
                                                           "launch.instance-type",
                                                           "launch.key-name",
                                                           "launched-availability-zone",
                                                           "launched-availability-zone-id",
                                                           "product-description",
                                                           "spot-instance-request-id",
                                                           "spot-price",
                                                           "state",
                                                           "status-code",
                                                           "status-message",
                                                           "type",
                                                           "valid-until"};

bool knows_request_filter(std::string_view filter) {
  return is_tag_filter(filter) ||
         std::find(kRequestFilters.begin(), kRequestFilters.end(), filter) != kRequestFilters.end();
}

std::vector<std::string> filter_values(std::string_view filter, const sim::SpotRequest& request,
                                       const ZoneNames& zones, TimePoint as_of) {
  const auto& status = sim::status(request, as_of);
  const bool is_launched = request.fulfilled_at <= as_of;
  const auto if_launched = [is_launched](const std::string& value) {
    return is_launched ? std::vector{value} : std::vector<std::string>{};
  };
  if (is_tag_filter(filter)) {
    return tag_values(filter, request.tags);
  }
  if (filter == "spot-instance-request-id") {
    return {request.id};
  }
  if (filter == "state") {
    return {std::string{sim::to_text(status.state)}};
  }
  if (filter == "status-code") {
    return {status.code};
  }
  if (filter == "status-message") {
    return {status.message};
  }
  if (filter == "instance-id") {
    return if_launched(request.instance_id);
  }
  if (filter == "launched-availability-zone") {
    return if_launched(zones.name(request.spec.zone));
  }
  if (filter == "launched-availability-zone-id") {
    return if_launched(request.spec.zone.text());
  }
  if (filter == "launch.instance-type") {
    return {request.spec.type.text()};
  }
  if (filter == "launch.image-id") {
    return {request.spec.image_id};
  }
  if (filter == "launch.key-name") {
    return {request.spec.key_name};
  }
  if (filter == "type") {
    return {"one-time"};
  }
  if (filter == "product-description") {
    return {"Linux/UNIX"};
  }
  if (filter == "create-time") {
    return {wire::to_timestamp(request.created_at)};
  }
  if (filter == "valid-until") {
    return {wire::to_timestamp(request.valid_until)};
  }
  if (filter == "spot-price" && request.max_price) {
    return {to_text_six_places(*request.max_price), to_text(*request.max_price)};
  }
  return {};  // there are no launch groups, and nothing failed in ways that have a code
}

/// Refuses what the lab's requests cannot be.
Answered<void> check_kind(const Call& call) {
  if (const auto type = text_parameter(call, "Type"); type && *type != "one-time") {
    return refuse(400, "InvalidParameterValue",
                  "Invalid value '{}' for Type. This lab's requests are one-time.", *type);
  }
  if (const auto behavior = text_parameter(call, "InstanceInterruptionBehavior");
      behavior && *behavior != "terminate") {
    return refuse(400, "InvalidParameterCombination",
                  "Request type one-time is incompatible with interruption behavior '{}'",
                  *behavior);
  }
  return {};
}

Answered<std::vector<std::string>> request_ids(const Call& call) {
  auto ids = call.form.list("SpotInstanceRequestId");
  for (const auto& id : ids) {
    if (!id.starts_with("sir-") || id.size() != 12) {
      return refuse(400, "InvalidSpotInstanceRequestID.Malformed",
                    R"(Invalid id: "{}" (expecting "sir-..."))", id);
    }
  }
  return ids;
}

Answered<sim::SpotOrder> read_spot_order(const World& world, const Call& call) {
  const auto count = integer_parameter(call, "InstanceCount", 1, kMostRequests);
  if (!count) {
    return tl::unexpected(count.error());
  }
  auto launch = read_launch(world, call, "LaunchSpecification.");
  if (!launch) {
    return tl::unexpected(std::move(launch.error()));
  }
  const auto price = read_price(call, "SpotPrice");
  if (!price) {
    return tl::unexpected(price.error());
  }
  const auto valid_until = time_parameter(call, "ValidUntil");
  if (!valid_until) {
    return tl::unexpected(valid_until.error());
  }
  if (*valid_until && **valid_until <= call.now) {
    return refuse(400, "InvalidTime", "The validUntil time {} is in the past.",
                  to_iso8601(**valid_until));
  }
  auto tags = read_tag_specifications(call, kTaggableByRequests);
  if (!tags) {
    return tl::unexpected(std::move(tags.error()));
  }
  auto token = read_token(call);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  return sim::SpotOrder{
      .owner = owner_of(call),
      .spec = std::move(launch->spec),
      .count = static_cast<int>(count->value_or(1)),
      .max_price = *price,
      .valid_until = *valid_until,
      .token = std::move(*token),
      .request_tags = std::move((*tags)[std::string{kTaggableByRequests.front()}]),
      .bad_parameter = std::move(launch->flaw)};
}

}  // namespace

Answered<std::string> request_spot_instances(World& world, const Call& call) {
  if (auto checked = check_kind(call); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  const auto order = read_spot_order(world, call);
  if (!order) {
    return tl::unexpected(order.error());
  }
  const auto requests = world.instances().request_spot(*order);
  if (!requests) {
    return refuse(requests.error());
  }
  const ZoneNames zones{world, call};
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("spotInstanceRequestSet");
    for (const auto* request : *requests) {
      write_request(xml, *request, zones, call.now);
    }
    xml.close();
  });
}

Answered<std::string> describe_spot_instance_requests(World& world, const Call& call) {
  const auto filters = Filters::read(call, knows_request_filter);
  const auto page = page_parameter(call, world.seed(), kRequestPages);
  const auto ids = request_ids(call);
  if (!filters || !page || !ids) {
    return tl::unexpected(!filters ? filters.error() : !page ? page.error() : ids.error());
  }
  const auto owner = owner_of(call);
  const auto& market = world.instances();
  std::vector<const sim::SpotRequest*> found;
  for (const auto& id : *ids) {
    const auto* request = market.find_request(owner, id, page->as_of);
    if (request == nullptr) {
      return refuse(400, "InvalidSpotInstanceRequestID.NotFound",
                    "The spot instance request ID '{}' does not exist", id);
    }
    found.push_back(request);
  }
  const auto wanted = filters->exact_values("spot-instance-request-id");
  if (ids->empty() && wanted) {
    for (const auto& id : *wanted) {
      if (const auto* request = market.find_request(owner, id, page->as_of)) {
        found.push_back(request);
      }
    }
  } else if (ids->empty()) {
    found = market.spot_requests(owner, page->as_of);
  }
  const ZoneNames zones{world, call};
  std::erase_if(found, [&](const sim::SpotRequest* request) {
    return !filters->let_through([&](std::string_view filter) {
      return filter_values(filter, *request, zones, page->as_of);
    });
  });
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("spotInstanceRequestSet");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      write_request(xml, *found[i], zones, page->as_of);
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found.size()));
  });
}

Answered<std::string> cancel_spot_instance_requests(World& world, const Call& call) {
  const auto ids = request_ids(call);
  if (!ids) {
    return tl::unexpected(ids.error());
  }
  if (ids->empty()) {
    return refuse_missing("SpotInstanceRequestId");
  }
  const auto cancelled = world.instances().cancel_spot(owner_of(call), *ids);
  if (!cancelled) {
    return refuse(cancelled.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("spotInstanceRequestSet");
    for (const auto* request : *cancelled) {
      xml.open("item").leaf("spotInstanceRequestId", request->id);
      xml.leaf("state", sim::to_text(sim::status(*request, call.now).state)).close();
    }
    xml.close();
  });
}

}  // namespace spotvane::lab
