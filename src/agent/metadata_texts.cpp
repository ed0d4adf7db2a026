#include "agent/metadata_texts.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <string>

namespace spotvane::agent {

namespace {

using nlohmann::json;

/// Most that is looked at: none of these documents is larger.
constexpr std::size_t kMostBytes = 64U << 10U;

Result<json> read_json(std::string_view text, std::string_view what) {
  auto document = text.size() <= kMostBytes ? json::parse(text, nullptr, false) : json{};
  if (!document.is_object() && !document.is_array()) {
    return fail(ErrorKind::Corrupt, "{} is not JSON", what);
  }
  return document;
}

std::string text_in(const json& object, const char* name) {
  if (!object.is_object()) {
    return {};
  }
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A time in full, "2026-08-01T12:02:00Z": other things stand in termination-time at times.
std::optional<TimePoint> whole_time(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') {
    return std::nullopt;
  }
  const auto time = parse_time(text);
  return time ? std::optional{*time} : std::nullopt;
}

/// "21 Jan 2019 09:00:43 GMT", as scheduled events alone are dated.
std::optional<TimePoint> maintenance_time(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  int day = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), day);
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || rest.size() != 22 || rest.substr(18) != " GMT") {
    return std::nullopt;
  }
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (rest.substr(1, 3) == kMonths.at(month)) {
      return whole_time(
          fmt::format("{}-{:02}-{:02}T{}Z", rest.substr(5, 4), month + 1, day, rest.substr(10, 8)));
    }
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos
             ? std::string_view{}
             : text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::string_view to_text(EventKind kind) {
  switch (kind) {
    case EventKind::Interruption:
      return "spot-interruption";
    case EventKind::Rebalance:
      return "rebalance-recommendation";
    case EventKind::Maintenance:
      return "scheduled-maintenance";
    case EventKind::ScalingTermination:
      return "asg-termination";
    case EventKind::Drill:
      return "drill";
  }
  return "";
}

Result<Event> read_instance_action(std::string_view text) {
  const auto document = read_json(text, "the instance action");
  if (!document) {
    return tl::unexpected(document.error());
  }
  Event event{.kind = EventKind::Interruption, .action = text_in(*document, "action")};
  if (event.action.empty()) {
    return fail(ErrorKind::Corrupt, "the instance action names no action");
  }
  event.time = whole_time(text_in(*document, "time"));
  return event;
}

std::optional<Event> read_termination_time(std::string_view text) {
  const auto time = whole_time(trimmed(text));
  return time ? std::optional{Event{
                    .kind = EventKind::Interruption, .action = "terminate", .time = time}}
              : std::nullopt;
}

Result<Event> read_rebalance(std::string_view text) {
  const auto document = read_json(text, "the rebalance recommendation");
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto time = whole_time(text_in(*document, "noticeTime"));
  if (!time) {
    return fail(ErrorKind::Corrupt, "the rebalance recommendation names no time");
  }
  return Event{.kind = EventKind::Rebalance, .time = time};
}

Result<std::vector<Event>> read_maintenance(std::string_view text) {
  const auto document = read_json(text, "the list of scheduled events");
  if (!document || !document->is_array()) {
    return fail(ErrorKind::Corrupt, "the list of scheduled events is no JSON array");
  }
  std::vector<Event> events;
  for (const auto& one : *document) {
    const auto state = text_in(one, "State");
    const auto id = text_in(one, "EventId");
    if (id.empty() || state == "completed" || state == "canceled") {
      continue;
    }
    events.push_back({.kind = EventKind::Maintenance,
                      .id = id,
                      .action = text_in(one, "Code"),
                      .time = maintenance_time(text_in(one, "NotBefore"))});
  }
  return events;
}

std::optional<Event> read_lifecycle_state(std::string_view text) {
  return trimmed(text) == "Terminated" ? std::optional{Event{.kind = EventKind::ScalingTermination,
                                                             .id = "asg-termination",
                                                             .action = "terminate"}}
                                       : std::nullopt;
}

Result<Host> read_identity(std::string_view text) {
  const auto document = read_json(text, "the instance identity document");
  if (!document) {
    return tl::unexpected(document.error());
  }
  Host host{.instance_id = text_in(*document, "instanceId"),
            .instance_type = text_in(*document, "instanceType"),
            .region = text_in(*document, "region"),
            .availability_zone = text_in(*document, "availabilityZone")};
  if (host.instance_id.empty()) {
    return fail(ErrorKind::Corrupt, "the instance identity document names no instance");
  }
  return host;
}

Result<EcsPlace> read_ecs_metadata(std::string_view text) {
  const auto document = read_json(text, "the ECS agent's metadata");
  if (!document) {
    return tl::unexpected(document.error());
  }
  EcsPlace place{.cluster = text_in(*document, "Cluster"),
                 .container_arn = text_in(*document, "ContainerInstanceArn")};
  return place.cluster.empty() || place.container_arn.empty() ? EcsPlace{} : place;
}

}  // namespace spotvane::agent
