#include "guard/guard.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;

namespace {

constexpr Duration kSizingLease = 20s;
constexpr Duration kAskAgain = 500ms;  // where another controller is at it
constexpr int kMostAsks = 40;
/// A notice lasts two minutes; AWS counts an instance for some more.
constexpr Duration kDoomedFor = 15min;
/// CloudWatch's newest figure within this is believed.
constexpr Duration kMetricAge = 5min;

std::string fallback_note(const std::string& fleet_id) {
  return "guard-fallback " + fleet_id;
}

bool is_unknown(SizingReason reason) {
  return reason == SizingReason::CapacityUnknown || reason == SizingReason::ScalingUnknown ||
         reason == SizingReason::GroupUnknown;
}

nlohmann::json number_or_null(const std::optional<double>& number) {
  return number ? nlohmann::json(*number) : nlohmann::json(nullptr);
}

}  // namespace

/// One look at a fleet and its group, from which one decision follows.
struct Guard::Look {
  FleetRule rule;
  GuardTask task;
  std::vector<On<void>> askers;
  TimePoint begun;
  int asks = 0;  // of the lease
  FleetView fleet = {};
  std::optional<GroupView> group = {};
  std::vector<std::string> troubles = {};
  std::optional<Error> passing = {};  // a trouble that may be over when it is asked again

  void note(const Error& error) {
    troubles.push_back(error.message);
    if (is_passing(error.kind)) {
      passing = error;
    }
  }
};

void Guard::size(const FleetRule& rule, On<void> on_done) {
  auto& work = work_[rule.fleet_id];
  work.waiting.push_back(std::move(on_done));
  if (!work.is_running) {
    work.is_running = true;
    begin_look(rule);
  }
}

void Guard::begin_look(const FleetRule& rule) {
  auto& work = work_[rule.fleet_id];
  const auto look = std::make_shared<Look>(
      Look{.rule = rule,
           .task = {fmt::format("{}size {}", rules_.is_dry_run ? "dry-run " : "", rule.fleet_id),
                    holder_},
           // All that have asked up to now are answered by it; who asks later has the next.
           .askers = std::exchange(work.waiting, {}),
           .begun = ports_.clock.now()});
  look_at_fleet(look);
}

void Guard::look_at_fleet(const std::shared_ptr<Look>& look) {
  const auto now = ports_.clock.now();
  const auto claimed =
      ports_.state.guard().claim(look->task, now, now + kSizingLease, TimePoint::max());
  if (!claimed) {
    return end_look(look, tl::unexpected(claimed.error()));
  }
  if (*claimed != GuardClaim::Taken) {
    if (++look->asks == kMostAsks) {
      return end_look(look, fail(ErrorKind::Busy, "another controller is sizing for '{}'",
                                 look->rule.fleet_id));
    }
    ports_.timers.after(kAskAgain, [this, look] { look_at_fleet(look); });
    return;
  }
  if (look->rule.group.empty()) {
    return decide(look);
  }
  ports_.fleets.describe_fleet(model::Region{look->rule.region}, look->rule.fleet_id,
                               [this, look](const Result<SpotFleet>& fleet) {
                                 if (fleet) {
                                   look->fleet.target = fleet->target;
                                   look->fleet.fulfilled = fleet->fulfilled;
                                   work_[look->rule.fleet_id].described = *fleet;
                                 } else {
                                   look->note(fleet.error());
                                 }
                                 look_at_instances(look);
                               });
}

void Guard::look_at_instances(const std::shared_ptr<Look>& look) {
  ports_.fleets.fleet_instances(model::Region{look->rule.region}, look->rule.fleet_id,
                                [this, look](Result<std::vector<FleetInstance>> instances) {
                                  if (instances) {
                                    look->fleet.instances.emplace();
                                    for (const auto& one : *instances) {
                                      look->fleet.instances->push_back(one.id);
                                    }
                                    auto& work = work_[look->rule.fleet_id];
                                    work.instances = std::move(*instances);
                                    work.listed = ports_.clock.now();
                                  } else {
                                    look->note(instances.error());
                                  }
                                  look_at_targets(look);
                                });
}

void Guard::look_at_targets(const std::shared_ptr<Look>& look) {
  const auto now = ports_.clock.now();
  ports_.metrics.fleet_metric({.region = model::Region{look->rule.region},
                               .fleet_id = look->rule.fleet_id,
                               .metric = "TargetCapacity",
                               .from = now - look->rule.settles_within,
                               .to = now},
                              [this, look](const Result<std::vector<MetricPoint>>& points) {
                                if (points) {
                                  look->fleet.recent_targets.emplace();
                                  for (const auto& point : *points) {
                                    look->fleet.recent_targets->push_back(point.maximum);
                                  }
                                } else {
                                  look->note(points.error());
                                }
                                look->fleet.target ? look_at_group(look) : look_at_pending(look);
                              });
}

void Guard::look_at_pending(const std::shared_ptr<Look>& look) {
  const auto now = ports_.clock.now();
  ports_.metrics.fleet_metric({.region = model::Region{look->rule.region},
                               .fleet_id = look->rule.fleet_id,
                               .metric = "PendingCapacity",
                               .from = now - kMetricAge,
                               .to = now},
                              [this, look](const Result<std::vector<MetricPoint>>& points) {
                                if (points && !points->empty()) {
                                  look->fleet.pending_metric = points->back().maximum;
                                }
                                look_at_group(look);
                              });
}

void Guard::look_at_group(const std::shared_ptr<Look>& look) {
  ports_.groups.describe_group(
      model::Region{look->rule.region}, look->rule.group,
      [this, look](const Result<std::optional<ScalingGroup>>& group) {
        if (group && *group) {
          look->group = GroupView{(*group)->desired, (*group)->least, (*group)->most};
        } else {
          look->note(group ? Error{ErrorKind::NotFound,
                                   fmt::format("there is no group '{}'", look->rule.group)}
                           : group.error());
        }
        decide(look);
      });
}

Result<FallbackState> Guard::update_fallback(const FleetRule& rule, TimePoint now) {
  if (rule.fallback.interruptions <= 0) {
    return FallbackState{};
  }
  const auto kept = ports_.state.note(fallback_note(rule.fleet_id));
  const auto hosts = ports_.state.guard().hosts(rule.fleet_id, now - rule.fallback.window);
  if (!kept || !hosts) {
    return tl::unexpected(kept ? hosts.error() : kept.error());
  }
  FallbackState before;
  if (const auto since = parse_time(kept->value_or("")); since && !kept->value_or("").empty()) {
    before = {.is_on = true, .since = *since};
  }
  std::vector<TimePoint> interruptions;
  for (const auto& host : *hosts) {
    interruptions.push_back(host.told);
  }
  const auto after = next_fallback(rule.fallback, before, interruptions, now);
  if (after == before) {
    return after;
  }
  auto saved = ports_.state.save_note(fallback_note(rule.fleet_id),
                                      after.is_on ? to_iso8601(after.since) : std::string{});
  if (saved) {
    saved = note_decision(rule.fleet_id, "fallback", after.is_on ? "begun" : "ended",
                          nlohmann::json{{"interruptions", interruptions.size()}}.dump());
  }
  return saved ? Result<FallbackState>{after} : tl::unexpected(saved.error());
}

std::string Guard::type_of(const FleetRule& rule, const GuardHost& host) {
  const auto& listed = work_[rule.fleet_id].instances;
  const auto found = std::find_if(listed.begin(), listed.end(),
                                  [&](const auto& one) { return one.id == host.instance_id; });
  return host.instance_type.empty() && found != listed.end() ? found->type : host.instance_type;
}

void Guard::decide(const std::shared_ptr<Look>& look) {
  const auto now = ports_.clock.now();
  const auto hosts = ports_.state.guard().hosts(look->rule.fleet_id, now - kDoomedFor);
  const auto fallback = update_fallback(look->rule, now);
  if (!hosts || !fallback) {
    return end_look(look, tl::unexpected(hosts ? fallback.error() : hosts.error()));
  }
  std::vector<DoomedHost> doomed;
  for (const auto& host : *hosts) {
    doomed.push_back(
        {host.instance_id, weight_of(look->rule, type_of(look->rule, host)), host.told, host.ends});
  }
  const auto sizing = size_group(look->rule, look->fleet, look->group, doomed, *fallback, now);
  const auto finish = [this, look, sizing, doomed, fallback = *fallback](const std::string& outcome,
                                                                         Result<void> result) {
    if (result && look->passing && is_unknown(sizing.reason)) {
      result = tl::unexpected(*look->passing);  // whoever asked for it is to ask again
    }
    auto& work = work_[look->rule.fleet_id];
    const bool is_news =
        sizing.desired || work.is_first || work.last_reason != sizing.reason || !result;
    work.is_first = false;
    work.last_reason = sizing.reason;
    if (!is_news) {
      return end_look(look, result);
    }
    nlohmann::json inputs{{"target", number_or_null(look->fleet.target)},
                          {"fulfilled", number_or_null(look->fleet.fulfilled)},
                          {"pending", number_or_null(look->fleet.pending_metric)},
                          {"doomed", nlohmann::json::object()},
                          {"gap", sizing.gap},
                          {"needed", sizing.needed},
                          {"clamped", sizing.is_clamped},
                          {"fallback", fallback.is_on}};
    for (const auto& host : doomed) {
      inputs["doomed"][host.instance_id] = host.weight;
    }
    if (look->group) {
      inputs["group"] = {{"name", look->rule.group},
                         {"desired", look->group->desired},
                         {"min", look->group->least},
                         {"max", look->group->most}};
    }
    if (sizing.desired) {
      inputs["desired"] = *sizing.desired;
    }
    auto troubles = look->troubles;
    if (!result) {
      troubles.push_back(result.error().message);
      troubles.push_back(result.error().hint);
    }
    inputs["troubles"] = troubles;
    const auto kept =
        note_decision(look->rule.fleet_id, "size", outcome,
                      inputs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    end_look(look, result ? kept : result);
  };
  if (!sizing.desired || rules_.is_dry_run) {
    return finish(fmt::format("{}{}", sizing.desired ? "would-" : "", to_text(sizing.reason)), {});
  }
  ports_.groups.set_desired_capacity(
      model::Region{look->rule.region}, look->rule.group, *sizing.desired, sizing.honors_cooldown,
      [this, sizing, finish](const Result<void>& done) {
        if (!done && done.error().kind == ErrorKind::Busy) {
          return finish("cooldown", {});  // the next look lowers it
        }
        counts_.resized += done ? 1 : 0;
        finish(done ? std::string{to_text(sizing.reason)} : "failed", done);
      });
}

void Guard::end_look(const std::shared_ptr<Look>& look, const Result<void>& result) {
  static_cast<void>(ports_.state.guard().release(look->task));
  auto& work = work_[look->rule.fleet_id];
  const bool has_more = !work.waiting.empty();
  work.is_running = has_more;
  if (has_more) {
    begin_look(look->rule);
  }
  for (const auto& on_done : look->askers) {
    on_done(result);
  }
}

}  // namespace spotvane::guard
