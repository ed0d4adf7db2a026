#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::agent {

/// What an instance may hear of its own future.
enum class EventKind : std::uint8_t {
  Interruption,        ///< AWS takes the spot instance back
  Rebalance,           ///< AWS recommends to leave: it may soon be taken back
  Maintenance,         ///< a scheduled event: reboot, retirement, ...
  ScalingTermination,  ///< its Auto Scaling group is ending it
  Drill,               ///< somebody asked for a message as of an interruption
};

/// As messages call it: "spot-interruption".
std::string_view to_text(EventKind kind);

/// One thing heard.
struct Event {
  EventKind kind = EventKind::Interruption;
  std::string id = {};      ///< the same however often it is heard or told
  std::string action = {};  ///< "terminate", "stop", "hibernate"; of maintenance its code
  std::optional<TimePoint> time = {};  ///< when AWS acts; of a recommendation when it was given
};

}  // namespace spotvane::agent
