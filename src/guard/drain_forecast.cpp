#include "guard/drain_forecast.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::guard {

namespace {

/// From a task's placement until it runs, where its image need not be fetched first.
constexpr Duration kTaskStart = std::chrono::seconds{10};

std::int64_t seconds_in(Duration span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

/// Takes room for one such task on the first host that has it.
bool place(const HostTask& task, std::vector<HostRoom>& rooms) {
  const auto room = std::find_if(rooms.begin(), rooms.end(), [&](const HostRoom& one) {
    return one.cpu >= task.cpu && one.memory >= task.memory;
  });
  if (room == rooms.end()) {
    return false;
  }
  room->cpu -= task.cpu;
  room->memory -= task.memory;
  return true;
}

/// The tasks of one service that are on the host.
struct OnHost {
  int count = 0;
  HostTask largest = {};
};

OnHost tasks_on_host(const HostSurvey& survey, const std::string& service) {
  OnHost found;
  for (const auto& task : survey.tasks) {
    if (task.service == service) {
      ++found.count;
      found.largest.cpu = std::max(found.largest.cpu, task.cpu);
      found.largest.memory = std::max(found.largest.memory, task.memory);
      found.largest.stop_timeout = std::max(found.largest.stop_timeout, task.stop_timeout);
    }
  }
  return found;
}

}  // namespace

DrainForecast forecast_drain(const HostSurvey& survey, Duration left) {
  DrainForecast forecast;
  auto rooms = survey.rooms;
  for (const auto& service : survey.services) {
    const auto here = tasks_on_host(survey, service.name);
    const int minimum = (service.desired * service.least_percent + 99) / 100;
    const int at_once = std::max(0, service.running - minimum);
    const int beside = std::max(0, service.desired * service.most_percent / 100 - service.running);
    const int to_replace = std::max(0, here.count - at_once);
    if (to_replace > 0 && at_once == 0 && beside == 0) {
      forecast.obstacles.push_back(
          fmt::format("service '{}' may neither stop a task (minimumHealthyPercent {}) nor start "
                      "one beside them (maximumPercent {})",
                      service.name, service.least_percent, service.most_percent));
      continue;
    }
    int placed = 0;
    while (placed < to_replace && place(here.largest, rooms)) {
      ++placed;
    }
    if (placed < to_replace) {
      forecast.obstacles.push_back(
          fmt::format("no other host has room for {} of the {} tasks of service '{}'",
                      to_replace - placed, here.count, service.name));
    }
    // Those that must be replaced first go as many at a time as may start beside or stop before.
    const int wave = std::max({1, beside, at_once});
    const int waves = (to_replace + wave - 1) / wave;
    forecast.needs =
        std::max(forecast.needs,
                 here.largest.stop_timeout + waves * (kTaskStart + here.largest.stop_timeout) -
                     (waves > 0 && at_once == 0 ? here.largest.stop_timeout : Duration{0}));
  }
  const auto alone = std::count_if(survey.tasks.begin(), survey.tasks.end(),
                                   [](const HostTask& task) { return task.service.empty(); });
  if (alone > 0) {
    forecast.obstacles.push_back(
        fmt::format("{} tasks of no service stay until the host goes", alone));
  }
  if (forecast.needs > left) {
    forecast.obstacles.push_back(fmt::format("its tasks may take {} s to stop, and {} s are left",
                                             seconds_in(forecast.needs), seconds_in(left)));
  }
  return forecast;
}

}  // namespace spotvane::guard
