#include "lab/control.hpp"

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

json clock_state(const LabClock& clock) {
  return {{"time", to_iso8601(clock.now())}, {"speed", clock.speed()}};
}

}  // namespace

HttpResponse control(const HttpRequest& request, LabClock& clock, Faults& faults,
                     std::uint64_t seed) {
  const auto topic = wire::split_url(request.url).path.substr(kControlPath.size());
  const bool is_order = request.method == "POST";
  if (!is_order && request.method != "GET") {
    return refusal(405, "expected GET or POST, got '" + request.method + "'");
  }
  if (topic == "health" && !is_order) {
    auto state = clock_state(clock);
    state["status"] = "ok";
    state["seed"] = seed;
    return json_response(200, state);
  }
  if (topic == "clock") {
    const auto moved = is_order ? move_clock(request.body, clock) : Result<void>{};
    return moved ? json_response(200, clock_state(clock)) : refusal(400, moved.error().message);
  }
  if (topic == "faults") {
    if (is_order) {
      auto scenario = parse_scenario(request.body);
      if (!scenario) {
        return refusal(400, scenario.error().message);
      }
      faults.set(*std::move(scenario));
    }
    return json_response(200, json::parse(describe_faults(faults)));
  }
  return refusal(404,
                 "the lab knows 'health', 'clock' and 'faults', not '" + std::string{topic} + "'");
}

}  // namespace spotvane::lab
