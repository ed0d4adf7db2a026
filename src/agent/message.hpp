#pragma once

#include "agent/event.hpp"
#include "agent/host.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spotvane::agent {

/// An event as it is passed on.
struct Message {
  Event event;
  Host host;
  TimePoint deadline;  ///< after which nobody can make use of it

  /// Name and value of all that is known. The founding consumers' `terminationNotificiation`, in
  /// their spelling, is in it where the instance's spot capacity is about to be lost.
  std::vector<std::pair<std::string, std::string>> fields() const;
  /// The fields as a JSON object of texts.
  std::string json() const;
  /// The fields as environment variables: "SPOTVANE_INSTANCE_ID".
  std::vector<std::pair<std::string, std::string>> environment() const;
};

/// When a message about that event is of no use any longer: once AWS has acted, or where nobody
/// said when, as long after `seen` as AWS usually takes.
TimePoint deadline_of(const Event& event, TimePoint seen);

}  // namespace spotvane::agent
