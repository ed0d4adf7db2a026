#pragma once

#include "agent/event.hpp"

#include <map>
#include <optional>
#include <string>

namespace spotvane::agent {

/// Tells what is new from what was heard before, and names it.
///
/// A notice shows for two minutes, may fail to show in between, and is told in two places; some
/// services give it a later time at each look. It is the same one as long as its time moves by less
/// than ten minutes between two looks.
class Sightings {
 public:
  /// The event with its ID (of this instance's) where this is its first sight; none where it is
  /// known.
  std::optional<Event> note(Event event, TimePoint now);

 private:
  std::map<std::string, TimePoint> last_;  // by kind, or AWS's own ID: its time at the last look
};

}  // namespace spotvane::agent
