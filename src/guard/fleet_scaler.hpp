#pragma once

#include "guard/fleet_rule.hpp"
#include "guard/guard_ports.hpp"
#include "guard/scaling_step.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::guard {

/// Changes fleets' targets while alarms ask for it: a step at a time, with the cooldown between
/// two, however often the alarm is told. What is to be set is in the memory before it is set;
/// several scalers on one memory do no more than one.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class FleetScaler {
 public:
  FleetScaler(const Rules& rules, std::string holder, const GuardPorts& ports,
              const DecisionLog& log);

  /// Looks at what the alarm is to change. Nothing where no rule names it.
  void alarm_told(const std::string& alarm, const On<void>& on_done);
  /// Looks at every rule: an alarm may last, and a message of it may be lost.
  void review(const On<void>& on_done);

  /// How many steps it has taken.
  int steps() const { return steps_; }

 private:
  struct Look;

  void look_at(std::vector<ScalingRule> rules, const On<void>& on_done);
  void ask_alarm(const std::shared_ptr<Look>& look);
  void ask_fleet(const std::shared_ptr<Look>& look);
  void decide(const std::shared_ptr<Look>& look);
  void set_target(const std::shared_ptr<Look>& look, const ScalingStep& step);
  void end(const std::shared_ptr<Look>& look, const Result<void>& result);
  /// What a decision was made from, as JSON.
  static std::string inputs_of(const Look& look, std::optional<int> wanted = {},
                               const Error* error = nullptr);

  const Rules& rules_;
  std::string holder_;
  GuardPorts ports_;
  const DecisionLog& log_;
  std::map<std::string, StepReason>
      last_reasons_;  // by fleet and alarm: what is no news is not told
  int steps_ = 0;
};

}  // namespace spotvane::guard
