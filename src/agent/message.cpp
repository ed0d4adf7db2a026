#include "agent/message.hpp"

#include <nlohmann/json.hpp>

namespace spotvane::agent {

using namespace std::chrono_literals;

std::vector<std::pair<std::string, std::string>> Message::fields() const {
  std::vector<std::pair<std::string, std::string>> all;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) {
      all.emplace_back(name, std::move(value));
    }
  };
  if (event.kind == EventKind::Interruption || event.kind == EventKind::Drill) {
    add("terminationNotificiation", "true");
  }
  add("instanceId", host.instance_id);
  add("instanceType", host.instance_type);
  add("ecsCluster", host.ecs.cluster);
  add("ecsContainer", host.ecs.container_arn);
  add("action", event.action);
  add("time", event.time ? to_iso8601(*event.time) : std::string{});
  add("event", std::string{to_text(event.kind)});
  add("eventId", event.id);
  add("region", host.region);
  add("availabilityZone", host.availability_zone);
  add("availabilityZoneId", host.availability_zone_id);
  add("fleetId", host.fleet_id);
  add("asgName", host.asg_name);
  return all;
}

std::string Message::json() const {
  auto object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : fields()) {
    object[name] = value;
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<std::pair<std::string, std::string>> Message::environment() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [name, value] : fields()) {
    std::string variable = "SPOTVANE_";
    for (const char letter : name) {
      const bool is_upper = letter >= 'A' && letter <= 'Z';
      variable += is_upper ? "_" : "";
      variable += is_upper ? letter : static_cast<char>(letter - 'a' + 'A');
    }
    all.emplace_back(std::move(variable), value);
  }
  return all;
}

TimePoint deadline_of(const Event& event, TimePoint seen) {
  switch (event.kind) {
    case EventKind::Interruption:
    case EventKind::Drill:
      return event.time && *event.time > seen ? *event.time : seen + 2min;
    case EventKind::Rebalance:
    case EventKind::ScalingTermination:
      return seen + 15min;
    case EventKind::Maintenance:
      return event.time && *event.time > seen + 1h ? *event.time : seen + 1h;
  }
  return seen;
}

}  // namespace spotvane::agent
