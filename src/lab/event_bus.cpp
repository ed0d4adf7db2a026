#include "lab/event_bus.hpp"

#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::lab {

namespace {

/// One of the things a pattern allows: a literal, or a condition such as {"prefix": "m5."}.
bool is_allowed(const Value& allowed, const Value& value) {
  if (!allowed.is_object()) {
    return allowed == value;
  }
  for (const auto& [condition, operand] : allowed.members()) {
    const auto text = value.text();
    if (condition == "exists") {
      return operand.flag() != value.is_none();
    }
    if (condition == "prefix") {
      return value.is_text() && text.starts_with(operand.text());
    }
    if (condition == "suffix") {
      return value.is_text() && text.ends_with(operand.text());
    }
    if (condition == "anything-but") {
      const auto& others = operand.list();
      return operand.is_list() ? std::find(others.begin(), others.end(), value) == others.end()
                               : !(operand == value);
    }
  }
  return false;
}

bool fits_any(const Value& alternatives, const Value& value) {
  const auto& all = alternatives.list();
  return std::any_of(all.begin(), all.end(), [&value](const Value& allowed) {
    const auto& several = value.list();
    return value.is_list()
               ? std::any_of(several.begin(), several.end(),
                             [&allowed](const Value& one) { return is_allowed(allowed, one); })
               : is_allowed(allowed, value);
  });
}

constexpr std::string_view kEc2Source = "aws.ec2";

/// As EC2 names it in the events of spot: with the zone in the region's place.
std::string spot_resource(const sim::Instance& instance, std::string_view zone) {
  return fmt::format("arn:aws:ec2:{}:instance/{}", zone, instance.id);
}

}  // namespace

bool fits_pattern(const Value& pattern, const Value& event) {
  return std::all_of(pattern.members().begin(), pattern.members().end(), [&](const auto& member) {
    const auto& [name, wanted] = member;
    return wanted.is_object() ? fits_pattern(wanted, event[name]) : fits_any(wanted, event[name]);
  });
}

EventRule& EventBus::put(const sim::Owner& owner, const std::string& name) {
  return rules_.try_emplace({owner, name}, EventRule{.name = name, .owner = owner, .pattern = {}})
      .first->second;
}

EventRule* EventBus::find(const sim::Owner& owner, const std::string& name) {
  const auto found = rules_.find({owner, name});
  return found == rules_.end() ? nullptr : &found->second;
}

void EventBus::remove(const sim::Owner& owner, const std::string& name) {
  rules_.erase({owner, name});
}

std::vector<const EventRule*> EventBus::list(const sim::Owner& owner) const {
  std::vector<const EventRule*> found;
  for (const auto& [key, rule] : rules_) {
    if (key.first == owner) {
      found.push_back(&rule);
    }
  }
  return found;
}

std::string EventBus::publish(const sim::Owner& owner, TimePoint at, std::string_view source,
                              std::string_view type, Value::List resources, Value detail) {
  auto id = sim::uuid_of(sim::derive(seed_, ++things_));
  const bool has_rules = std::any_of(rules_.begin(), rules_.end(),
                                     [&](const auto& entry) { return entry.first.first == owner; });
  if (!has_rules) {
    return id;
  }
  const auto time = to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(at)});
  const auto event = Value::object({{"version", "0"},
                                    {"id", id},
                                    {"detail-type", type},
                                    {"source", source},
                                    {"account", owner.account},
                                    {"time", time},
                                    {"region", owner.region.text()},
                                    {"resources", std::move(resources)},
                                    {"detail", std::move(detail)}});
  for (auto& [key, rule] : rules_) {
    if (key.first != owner || !rule.is_enabled || !fits_pattern(rule.parsed, event)) {
      continue;
    }
    ++rule.matched;
    for (const auto& target : rule.targets) {
      const auto body = target.input.empty() ? event.to_json() : target.input;
      if (!deliveries_.send(target.arn, body)) {
        ++rule.undeliverable;
      }
    }
  }
  return id;
}

void tell_notice(EventBus& bus, const sim::Instance& instance, std::string_view zone,
                 TimePoint at) {
  bus.publish(instance.owner, at, kEc2Source, "EC2 Spot Instance Interruption Warning",
              {spot_resource(instance, zone)},
              Value::object({{"instance-id", instance.id}, {"instance-action", "terminate"}}));
}

void tell_rebalance(EventBus& bus, const sim::Instance& instance, std::string_view zone,
                    TimePoint at) {
  bus.publish(instance.owner, at, kEc2Source, "EC2 Instance Rebalance Recommendation",
              {spot_resource(instance, zone)}, Value::object({{"instance-id", instance.id}}));
}

void tell_state(EventBus& bus, const sim::Instance& instance, sim::InstanceState state,
                TimePoint at) {
  const auto arn = fmt::format("arn:aws:ec2:{}:{}:instance/{}", instance.owner.region,
                               instance.owner.account, instance.id);
  bus.publish(instance.owner, at, kEc2Source, "EC2 Instance State-change Notification", {arn},
              Value::object({{"instance-id", instance.id}, {"state", sim::to_text(state)}}));
}

}  // namespace spotvane::lab
