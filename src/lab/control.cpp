#include "lab/control.hpp"

#include "lab/audit_report.hpp"
#include "lab/audit_services.hpp"
#include "lab/workload_page.hpp"
#include "wire/url.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace spotvane::lab {

namespace {

using nlohmann::json;

HttpResponse json_response(int status, const json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpResponse json_text(std::string document) {
  return {.status = 200,
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(document)};
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

/// {"interrupt": ["i-0123"], "for": "price"} or {"rebalance": ["i-0123"]}.
HttpResponse disturb(const std::string& text, World& world) {
  const auto order = json::parse(text, nullptr, false);
  const bool is_interruption = order.is_object() && order.contains("interrupt");
  const auto* verb = is_interruption ? "interrupt" : "rebalance";
  const bool is_good =
      order.is_object() && order.contains(verb) && order[verb].is_array() &&
      (!order.contains("for") || order["for"] == "price" || order["for"] == "capacity");
  if (!is_good) {
    return refusal(400, R"(interrupt instances: expected {"interrupt": ["i-..."]}, and if need be )"
                        R"("for": "price" or "capacity"; or {"rebalance": ["i-..."]})");
  }
  const bool is_for_price = order.value("for", "capacity") == "price";
  json struck = json::array();
  for (const auto& id : order[verb]) {
    const auto name = id.is_string() ? id.get<std::string>() : std::string{};
    if (is_interruption ? world.instances().interrupt(name, is_for_price)
                        : world.instances().recommend_rebalance(name)) {
      struck.push_back(id);
    }
  }
  return json_response(200, {{is_interruption ? "interrupted" : "recommended", struck}});
}

struct Report {
  std::string_view topic;
  std::string (*write)(const World& world);
};

constexpr std::array kReports{
    Report{"audit", audit_summary},
    Report{"audit/clusters", audit_clusters},
    Report{"audit/fleets", audit_fleets},
    Report{"audit/groups", audit_groups},
    Report{"audit/instances", audit_instances},
    Report{"audit/jobs", audit_jobs},
    Report{"audit/queues", audit_queues},
    Report{"audit/requests", audit_requests},
    Report{"audit/subscriptions", audit_subscriptions},
};

json clock_state(const LabClock& clock) {
  return {{"time", to_iso8601(clock.now())}, {"speed", clock.speed()}};
}

}  // namespace

HttpResponse control(const HttpRequest& request, LabClock& clock, Faults& faults,
                     const Throttle& throttle, World& world) {
  const auto topic = wire::split_url(request.url).path.substr(kControlPath.size());
  const bool is_order = request.method == "POST";
  if (!is_order && request.method != "GET") {
    return refusal(405, "expected GET or POST, got '" + request.method + "'");
  }
  if (topic == "health" && !is_order) {
    auto state = clock_state(clock);
    state["status"] = "ok";
    state["seed"] = world.seed();
    state["throttled"] = throttle.refused();
    return json_response(200, state);
  }
  if (topic == "clock") {
    const auto moved = is_order ? move_clock(request.body, clock) : Result<void>{};
    world.advance(clock.now());
    return moved ? json_response(200, clock_state(clock)) : refusal(400, moved.error().message);
  }
  if (topic == "faults") {
    if (is_order) {
      auto scenario = parse_scenario(request.body);
      if (!scenario) {
        return refusal(400, scenario.error().message);
      }
      world.set_conditions(scenario->instances, scenario->queues);
      faults.set(*std::move(scenario));
    }
    return json_response(200, json::parse(describe_faults(faults)));
  }
  if (topic == "instances" && is_order) {
    return disturb(request.body, world);
  }
  if (topic == "workload") {
    const auto job = is_order ? set_workload(request.body, world) : Result<std::string>{};
    return job ? json_text(workload_page(world, *job)) : refusal(400, job.error().message);
  }
  const auto* report = std::find_if(kReports.begin(), kReports.end(),
                                    [&](const Report& one) { return one.topic == topic; });
  if (!is_order && report != kReports.end()) {
    return json_text(report->write(world));
  }
  std::string known;
  for (const auto& one : kReports) {
    known += fmt::format(", '{}'", one.topic);
  }
  return refusal(
      404, fmt::format("the lab knows 'health', 'clock', 'faults', 'workload'{} and the order "
                       "'instances', not '{}'",
                       known, topic));
}

}  // namespace spotvane::lab
