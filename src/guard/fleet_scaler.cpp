#include "guard/fleet_scaler.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;

namespace {

constexpr Duration kScalingLease = 20s;

std::string change_note(const std::string& fleet_id) {
  return "guard-scaling " + fleet_id;
}

std::string_view word_of(AlarmState state) {
  return state == AlarmState::Alarm ? "ALARM"
         : state == AlarmState::Ok  ? "OK"
                                    : "INSUFFICIENT_DATA";
}

}  // namespace

/// Rules to look at, one after the other, and what is known about the one at hand.
struct FleetScaler::Look {
  std::vector<ScalingRule> rules;  // the last is the one at hand
  On<void> on_done;
  GuardTask task = {};
  AlarmReading alarm = {};
  SpotFleet fleet = {};
  Result<void> worst = {};

  const ScalingRule& rule() const { return rules.back(); }
};

std::string FleetScaler::inputs_of(const Look& look, std::optional<int> wanted,
                                   const Error* error) {
  nlohmann::json inputs{{"alarm", look.rule().alarm},
                        {"state", word_of(look.alarm.state)},
                        {"target", std::lround(look.fleet.target)}};
  if (look.alarm.value && look.alarm.threshold) {
    inputs["value"] = *look.alarm.value;
    inputs["threshold"] = *look.alarm.threshold;
  }
  if (wanted) {
    inputs["wanted"] = *wanted;
  }
  if (error != nullptr) {
    inputs["error"] = error->message;
    inputs["hint"] = error->hint;
  }
  return inputs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

FleetScaler::FleetScaler(const Rules& rules, std::string holder, const GuardPorts& ports,
                         const DecisionLog& log)
    : rules_{rules}, holder_{std::move(holder)}, ports_{ports}, log_{log} {}

void FleetScaler::alarm_told(const std::string& alarm, const On<void>& on_done) {
  std::vector<ScalingRule> rules;
  for (const auto& rule : rules_.scalings) {
    if (rule.alarm == alarm) {
      rules.push_back(rule);
    }
  }
  look_at(std::move(rules), on_done);
}

void FleetScaler::review(const On<void>& on_done) {
  look_at(rules_.scalings, on_done);
}

void FleetScaler::look_at(std::vector<ScalingRule> rules, const On<void>& on_done) {
  const auto look = std::make_shared<Look>(Look{std::move(rules), on_done});
  ports_.timers.after(Duration{0}, [this, look] { ask_alarm(look); });
}

void FleetScaler::ask_alarm(const std::shared_ptr<Look>& look) {
  if (look->rules.empty()) {
    return look->on_done(look->worst);
  }
  const auto now = ports_.clock.now();
  look->task = {
      fmt::format("{}scale {}", rules_.is_dry_run ? "dry-run " : "", look->rule().fleet_id),
      holder_};
  const auto claimed =
      ports_.state.guard().claim(look->task, now, now + kScalingLease, TimePoint::max());
  if (!claimed || *claimed != GuardClaim::Taken) {
    look->worst =
        claimed ? fail(ErrorKind::Busy, "another controller is scaling '{}'", look->rule().fleet_id)
                : tl::unexpected(claimed.error());
    look->rules.pop_back();
    return ask_alarm(look);
  }
  const auto& rule = look->rule();
  const auto heard = [this, look](const Result<AlarmReading>& alarm) {
    if (!alarm) {
      return end(look, tl::unexpected(alarm.error()));
    }
    look->alarm = *alarm;
    ask_fleet(look);
  };
  if (!rule.steps.empty()) {
    return ports_.metrics.read_alarm(model::Region{rule.region}, rule.alarm, now, heard);
  }
  ports_.metrics.alarm_state(model::Region{rule.region}, rule.alarm,
                             [heard](const Result<AlarmState>& state) {
                               heard(state.map([](AlarmState is) { return AlarmReading{is}; }));
                             });
}

void FleetScaler::ask_fleet(const std::shared_ptr<Look>& look) {
  ports_.fleets.describe_fleet(model::Region{look->rule().region}, look->rule().fleet_id,
                               [this, look](const Result<SpotFleet>& fleet) {
                                 if (!fleet) {
                                   return end(look, tl::unexpected(fleet.error()));
                                 }
                                 look->fleet = *fleet;
                                 decide(look);
                               });
}

void FleetScaler::decide(const std::shared_ptr<Look>& look) {
  const auto& rule = look->rule();
  const auto kept = ports_.state.note(change_note(rule.fleet_id));
  if (!kept) {
    return end(look, tl::unexpected(kept.error()));
  }
  const auto now = ports_.clock.now();
  const auto target = static_cast<int>(std::lround(look->fleet.target));
  const auto latest = parse_target_change(kept->value_or(""));
  const auto step = next_step(rule, look->alarm, target, latest, now);
  auto& last =
      last_reasons_.try_emplace(rule.fleet_id + " " + rule.alarm, StepReason::Calm).first->second;
  const bool is_news = std::exchange(last, step.reason) != step.reason;
  if (!step.target || rules_.is_dry_run) {
    const auto outcome = fmt::format("{}{}", step.target ? "would-" : "", to_text(step.reason));
    return end(look,
               is_news ? log_(rule.fleet_id, "scale", outcome, inputs_of(*look)) : Result<void>{});
  }
  // In the memory first: whoever comes after a crash sees what was meant, and does not add to it.
  const TargetChange change{.at = step.reason == StepReason::Resume ? latest->at : now,
                            .from = target,
                            .to = *step.target,
                            .base = step.base};
  if (auto saved = ports_.state.save_note(change_note(rule.fleet_id), to_text(change)); !saved) {
    return end(look, saved);
  }
  set_target(look, step);
}

void FleetScaler::set_target(const std::shared_ptr<Look>& look, const ScalingStep& step) {
  const auto& rule = look->rule();
  ports_.fleets.scale_fleet(
      {.region = model::Region{rule.region}, .id = rule.fleet_id, .target = *step.target},
      [this, look, step](const Result<void>& done) {
        const auto& at_hand = look->rule();
        if (!done) {
          static_cast<void>(log_(at_hand.fleet_id, "scale", "failed",
                                 inputs_of(*look, step.target, &done.error())));
          return end(look, done);
        }
        ++steps_;
        // Where this is lost, the fleet's own target says that it was done.
        const auto kept = ports_.state.note(change_note(at_hand.fleet_id));
        auto change = parse_target_change(kept ? kept->value_or("") : "");
        if (change) {
          change->is_done = true;
          static_cast<void>(
              ports_.state.save_note(change_note(at_hand.fleet_id), to_text(*change)));
        }
        end(look, log_(at_hand.fleet_id, "scale", std::string{to_text(step.reason)},
                       inputs_of(*look, step.target)));
      });
}

void FleetScaler::end(const std::shared_ptr<Look>& look, const Result<void>& result) {
  static_cast<void>(ports_.state.guard().release(look->task));
  if (!result) {
    look->worst = result;
  }
  look->rules.pop_back();
  ask_alarm(look);
}

}  // namespace spotvane::guard
