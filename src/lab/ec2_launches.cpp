#include "lab/ec2_launches.hpp"

#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"

#include <array>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostLaunched = 1000;  // of one call
constexpr std::array<std::string_view, 3> kTaggableByRuns{"instance", "spot-instances-request",
                                                          "volume"};

Answered<sim::RunOrder> read_market_options(const Call& call, sim::RunOrder order) {
  const auto market = text_parameter(call, "InstanceMarketOptions.MarketType");
  if (market && *market != "spot") {
    return refuse(400, "InvalidParameterValue",
                  "Invalid value '{}' for InstanceMarketOptions.MarketType.", *market);
  }
  order.is_spot = market.has_value();
  const std::string options = "InstanceMarketOptions.SpotOptions.";
  if (const auto type = text_parameter(call, options + "SpotInstanceType");
      type && *type != "one-time") {
    return refuse(400, "InvalidParameterValue",
                  "Invalid value '{}' for SpotInstanceType. This lab's requests are one-time.",
                  *type);
  }
  if (text_parameter(call, options + "ValidUntil")) {
    return refuse(400, "InvalidParameterCombination",
                  "ValidUntil is only supported for persistent Spot requests.");
  }
  const auto price = read_price(call, options + "MaxPrice");
  if (!price) {
    return tl::unexpected(price.error());
  }
  order.max_price = *price;
  return order;
}

Answered<sim::RunOrder> read_run_order(const World& world, const Call& call) {
  const auto least = integer_parameter(call, "MinCount", 1, kMostLaunched);
  const auto most = integer_parameter(call, "MaxCount", 1, kMostLaunched);
  if (!least || !most) {
    return tl::unexpected(!least ? least.error() : most.error());
  }
  if (!*least || !*most) {
    return refuse_missing(!*least ? "MinCount" : "MaxCount");
  }
  if (**least > **most) {
    return refuse(400, "InvalidParameterValue",
                  "Invalid value '{}' for maxCount. It must not be below minCount.", **most);
  }
  auto launch = read_launch(world, call, "");
  if (!launch) {
    return tl::unexpected(std::move(launch.error()));
  }
  if (!launch->flaw.empty()) {
    return refuse(400, "InvalidParameterValue", "{}", launch->flaw);
  }
  if (auto offered = check_offered(world, call, launch->spec); !offered) {
    return tl::unexpected(std::move(offered.error()));
  }
  auto tags = read_tag_specifications(call, kTaggableByRuns);
  if (!tags) {
    return tl::unexpected(std::move(tags.error()));
  }
  auto token = read_token(call);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  return read_market_options(call, {.owner = owner_of(call),
                                    .spec = std::move(launch->spec),
                                    .least = static_cast<int>(**least),
                                    .most = static_cast<int>(**most),
                                    .token = std::move(*token),
                                    .instance_tags = std::move((*tags)["instance"]),
                                    .request_tags = std::move((*tags)["spot-instances-request"])});
}

}  // namespace

Answered<std::string> run_instances(World& world, const Call& call) {
  const auto whole = with_template(world, call, "LaunchTemplate.");
  if (!whole) {
    return tl::unexpected(whole.error());
  }
  const auto order = read_run_order(world, *whole);
  if (!order) {
    return tl::unexpected(order.error());
  }
  const auto instances = world.instances().run(*order);
  if (!instances) {
    return refuse(instances.error());
  }
  const ZoneNames zones{world, call};
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    open_reservation(xml, *instances->front());
    for (const auto* instance : *instances) {
      write_instance(xml, world, *instance, zones, call.now);
    }
    xml.close();
  });
}

Answered<std::string> terminate_instances(World& world, const Call& call) {
  const auto ids = instance_ids(call);
  if (!ids) {
    return tl::unexpected(ids.error());
  }
  if (ids->empty()) {
    return refuse_missing("InstanceId");
  }
  const auto endings = world.instances().terminate(owner_of(call), *ids);
  if (!endings) {
    return refuse(endings.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("instancesSet");
    for (const auto& [instance, before] : *endings) {
      xml.open("item").leaf("instanceId", instance->id);
      write_state(xml, "currentState", sim::state(*instance, call.now));
      write_state(xml, "previousState", before);
      xml.close();
    }
    xml.close();
  });
}

}  // namespace spotvane::lab
