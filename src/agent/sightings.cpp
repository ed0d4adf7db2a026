#include "agent/sightings.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::agent {

namespace {

constexpr Duration kSame = std::chrono::minutes{10};

}  // namespace

std::optional<Event> Sightings::note(Event event, TimePoint now) {
  // AWS has its own IDs of scheduled events; they stay the same however often they are moved.
  const bool has_id = !event.id.empty();
  const auto key = has_id ? event.id : std::string{to_text(event.kind)};
  const auto time = event.time.value_or(now);
  const auto known = last_.find(key);
  if (known != last_.end() && (has_id || std::chrono::abs(time - known->second) < kSame)) {
    known->second = time;
    return std::nullopt;
  }
  last_[key] = time;
  if (!has_id) {
    event.id = fmt::format("{}/{}", to_text(event.kind),
                           to_iso8601(std::chrono::floor<std::chrono::seconds>(time)));
  }
  return event;
}

}  // namespace spotvane::agent
