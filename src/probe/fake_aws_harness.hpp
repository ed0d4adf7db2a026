#pragma once

#include "model/launch.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::probe {

using namespace std::chrono_literals;

/// What is true in AWS, whoever runs or dies: all of it follows from times.
struct FakeAws {
  struct Machine {
    model::InstanceId id;
    model::SpotRequestId request;
    TimePoint begun;
    TimePoint running;
    TimePoint ready;
    std::optional<TimePoint> ended = {};
    std::optional<TimePoint> taken = {};
    std::vector<model::Tag> tags = {};

    model::InstanceState state(TimePoint at) const {
      const auto end = taken && (!ended || *taken < *ended) ? taken : ended;
      if (end && at >= *end) {
        return at < *end + 30s ? model::InstanceState::ShuttingDown
                               : model::InstanceState::Terminated;
      }
      return at < running ? model::InstanceState::Pending : model::InstanceState::Running;
    }
    bool exists(TimePoint at) const { return at >= begun; }
    bool costs(TimePoint at) const {
      return exists(at) && state(at) != model::InstanceState::Terminated;
    }
  };
  struct Request {
    model::SpotRequestId id;
    TimePoint made;
    std::optional<TimePoint> fulfilled = {};
    TimePoint valid_until = TimePoint::max();
    std::optional<TimePoint> cancelled = {};
    model::InstanceId instance = {};
    std::vector<model::Tag> tags = {};
  };
  struct Template {
    model::LaunchTemplate described;
    bool is_deleted = false;
  };

  std::map<std::string, std::vector<model::SpotRequestId>> request_tokens;
  std::map<std::string, std::vector<model::InstanceId>> run_tokens;
  std::map<std::string, model::LaunchTemplateId> template_tokens;
  std::map<model::SpotRequestId, Request> requests;
  std::map<model::InstanceId, Machine> machines;
  std::map<model::LaunchTemplateId, Template> templates;
  int machines_made = 0;
  int most_alive = 0;

  int alive(TimePoint at) const {
    return static_cast<int>(std::count_if(machines.begin(), machines.end(),
                                          [&](const auto& one) { return one.second.costs(at); }));
  }
  int open(TimePoint at) const {
    return static_cast<int>(std::count_if(requests.begin(), requests.end(), [&](const auto& one) {
      const auto& request = one.second;
      return !request.cancelled && !(request.fulfilled && at >= *request.fulfilled) &&
             at < request.valid_until;
    }));
  }
  int templates_left() const {
    return static_cast<int>(std::count_if(templates.begin(), templates.end(),
                                          [](const auto& one) { return !one.second.is_deleted; }));
  }
};

}  // namespace spotvane::probe
