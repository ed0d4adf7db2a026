#pragma once

#include "base/time.hpp"
#include "ports/host_surveys.hpp"

#include <string>
#include <vector>

namespace spotvane::guard {

/// Whether the tasks of a draining host will have left it in time.
struct DrainForecast {
  Duration needs{0};  ///< at most, where nothing stands in the way
  /// What does: a service that may neither stop nor start a task, no room elsewhere, a stop
  /// time-out that is too long, tasks by themselves.
  std::vector<std::string> obstacles = {};

  bool is_good() const { return obstacles.empty(); }
};

/// What ECS will do with the host's tasks until it is taken: it stops those that
/// minimumHealthyPercent lets it stop, and the others once their replacements run, for which there
/// must be room on other hosts and under maximumPercent.
DrainForecast forecast_drain(const HostSurvey& survey, Duration left);

}  // namespace spotvane::guard
