#include "lab/control.hpp"

#include "lab/audit_report.hpp"
#include "wire/url.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace spotvane::lab {

namespace {

using nlohmann::json;

HttpResponse json_response(int status, const json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpResponse refusal(int status, const std::string& message) {
  return json_response(status, {{"error", message}});
}

/// {"advance": "10m"} or {"set": "2026-03-01T00:00:00Z"}.
Result<void> move_clock(const std::string& text, LabClock& clock) {
  const auto order = json::parse(text, nullptr, false);
  if (!order.is_object() || order.size() != 1 || !order.begin()->is_string()) {
    return fail(ErrorKind::InvalidInput,
                R"(move the lab's clock: expected {{"advance": "10m"}} or {{"set": "<time>"}})");
  }
  const auto value = order.begin()->get<std::string>();
  if (order.begin().key() == "advance") {
    const auto span = parse_duration(value);
    return span ? clock.advance(*span) : tl::unexpected(span.error());
  }
  if (order.begin().key() == "set") {
    const auto time = parse_time(value);
    return time ? clock.set(*time) : tl::unexpected(time.error());
  }
  return fail(ErrorKind::InvalidInput, "move the lab's clock: unknown order '{}'",
              order.begin().key());
}

/// {"interrupt": ["i-0123"], "for": "price"}.
HttpResponse interrupt(const std::string& text, World& world) {
  const auto order = json::parse(text, nullptr, false);
  const bool is_good =
      order.is_object() && order.contains("interrupt") && order["interrupt"].is_array() &&
      (!order.contains("for") || order["for"] == "price" || order["for"] == "capacity");
  if (!is_good) {
    return refusal(400, R"(interrupt instances: expected {"interrupt": ["i-..."]}, and if need be )"
                        R"("for": "price" or "capacity")");
  }
  json interrupted = json::array();
  for (const auto& id : order["interrupt"]) {
    if (id.is_string() && world.instances().interrupt(id.get<std::string>(),
                                                      order.value("for", "capacity") == "price")) {
      interrupted.push_back(id);
    }
  }
  return json_response(200, {{"interrupted", interrupted}});
}

json clock_state(const LabClock& clock) {
  return {{"time", to_iso8601(clock.now())}, {"speed", clock.speed()}};
}

}  // namespace

HttpResponse control(const HttpRequest& request, LabClock& clock, Faults& faults, World& world) {
  const auto topic = wire::split_url(request.url).path.substr(kControlPath.size());
  const bool is_order = request.method == "POST";
  if (!is_order && request.method != "GET") {
    return refusal(405, "expected GET or POST, got '" + request.method + "'");
  }
  if (topic == "health" && !is_order) {
    auto state = clock_state(clock);
    state["status"] = "ok";
    state["seed"] = world.seed();
    return json_response(200, state);
  }
  if (topic == "clock") {
    const auto moved = is_order ? move_clock(request.body, clock) : Result<void>{};
    world.instances().advance(clock.now());
    return moved ? json_response(200, clock_state(clock)) : refusal(400, moved.error().message);
  }
  if (topic == "faults") {
    if (is_order) {
      auto scenario = parse_scenario(request.body);
      if (!scenario) {
        return refusal(400, scenario.error().message);
      }
      world.instances().set_conditions(scenario->instances);
      faults.set(*std::move(scenario));
    }
    return json_response(200, json::parse(describe_faults(faults)));
  }
  if (topic == "instances" && is_order) {
    return interrupt(request.body, world);
  }
  if (!is_order && (topic == "audit" || topic == "audit/instances" || topic == "audit/requests")) {
    return {.status = 200,
            .headers = {{"Content-Type", "application/json"}},
            .body = topic == "audit"             ? audit_summary(world)
                    : topic == "audit/instances" ? audit_instances(world)
                                                 : audit_requests(world)};
  }
  return refusal(404,
                 "the lab knows 'health', 'clock', 'faults', 'audit', 'audit/instances', "
                 "'audit/requests' and the order 'instances', not '" +
                     std::string{topic} + "'");
}

}  // namespace spotvane::lab
