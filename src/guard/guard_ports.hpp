#pragma once

#include "ports/clock.hpp"
#include "ports/containers.hpp"
#include "ports/fleets.hpp"
#include "ports/guard_memory.hpp"
#include "ports/host_surveys.hpp"
#include "ports/state_store.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <optional>
#include <string>

namespace spotvane::guard {

/// What the guard needs of the world. All must outlive it.
struct GuardPorts {
  Containers& containers;
  Fleets& fleets;
  ScalingGroups& groups;
  Metrics& metrics;
  StateStore& state;
  Timers& timers;
  const Clock& clock;
  /// Told of each decision, once it is kept.
  std::function<void(const GuardDecision&)> tell = {};
  /// vCPUs of a type where the catalog knows them.
  std::function<std::optional<int>(const std::string&)> vcpus_of = {};
  /// Null: whether hosts drain in time is not said.
  HostSurveys* surveys = nullptr;
  /// Else that is said before a message counts as handled, and what came of it is not: for who may
  /// be stopped once it is.
  bool follows_drains = true;
};

/// Keeps a decision, and tells it: of whom, what, its outcome, and its inputs as JSON.
using DecisionLog = std::function<Result<void>(std::string subject, std::string what,
                                               std::string outcome, std::string inputs)>;

}  // namespace spotvane::guard
