#include "guard/guard.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// For how long a task is ours: longer than AWS takes to answer, shorter than a notice lasts.
constexpr Duration kLease = 30s;
/// An instance that was stopped may be interrupted again, but not so soon.
constexpr Duration kSameInterruption = 15min;
/// A list of a fleet's instances is good for so long.
constexpr Duration kListed = 10s;

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

json inputs_of(const GuardEvent& event) {
  json inputs{{"cause", to_text(event.cause)}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) {
      inputs[name] = value;
    }
  };
  add("instance_type", event.instance_type);
  add("cluster", event.cluster);
  add("container", event.container_arn);
  add("fleet", event.fleet_id);
  add("action", event.action);
  if (event.ends) {
    inputs["ends"] = to_iso8601(*event.ends);
  }
  return inputs;
}

bool is_gone(const std::string& state) {
  return state == "shutting-down" || state == "terminated" || state == "stopping" ||
         state == "stopped";
}

}  // namespace

/// One host on its way to DRAINING.
struct Guard::Draining {
  GuardEvent event;
  GuardTask task;
  On<void> on_done;
};

Guard::Guard(Rules rules, std::string holder, const GuardPorts& ports)
    : rules_{std::move(rules)},
      holder_{std::move(holder)},
      ports_{ports},
      log_{[this](std::string subject, std::string what, std::string outcome, std::string inputs) {
        return note_decision(std::move(subject), std::move(what), std::move(outcome),
                             std::move(inputs));
      }},
      scaler_{rules_, holder_, ports_, log_},
      watch_{ports_, log_} {}

GuardCounts Guard::counts() const {
  auto counts = counts_;
  counts.scaled = scaler_.steps();
  return counts;
}

void Guard::handle(const std::string& text, On<void> on_done) {
  auto events = read_events(text);
  if (!events) {
    ++counts_.set_aside;
    const auto kept =
        note_decision("message", "set-aside", "no-event",
                      text_of({{"why", events.error().message}, {"text", text.substr(0, 1000)}}));
    ports_.timers.after(Duration{0}, [kept, on_done = std::move(on_done)] { on_done(kept); });
    return;
  }
  // Not from inside the call, whatever it comes to.
  ports_.timers.after(Duration{0},
                      [this, shared = std::make_shared<std::vector<GuardEvent>>(std::move(*events)),
                       on_done = std::move(on_done)] { act_on_next(shared, 0, on_done); });
}

void Guard::act_on_next(const std::shared_ptr<std::vector<GuardEvent>>& events, std::size_t index,
                        const On<void>& on_done) {
  if (index == events->size()) {
    return on_done({});
  }
  act((*events)[index], [this, events, index, on_done](const Result<void>& done) {
    if (!done) {
      return on_done(done);
    }
    act_on_next(events, index + 1, on_done);
  });
}

void Guard::act(const GuardEvent& event, const On<void>& on_done) {
  switch (event.cause) {
    case Cause::Idle:
      return on_done({});
    case Cause::Rebalance:  // the agent has marked the host; the fleet replaces it if it is told to
      return on_done(
          note_decision(event.instance_id, "rebalance", "noted", text_of(inputs_of(event))));
    case Cause::StateChange:
      return is_gone(event.state) ? fill_gap(event, 0, on_done) : on_done({});
    case Cause::Alarm:
      return scaler_.alarm_told(event.alarm, on_done);
    case Cause::FleetLook:
      return scaler_.alarm_told(event.alarm, [this, event, on_done](const Result<void>& done) {
        done ? look_at_named(event, on_done) : on_done(done);
      });
    case Cause::Interruption:
      return drain(event, on_done);
    case Cause::Ending:
      return drain(event, [this, event, on_done](const Result<void>& done) {
        done && !event.hook.empty() ? let_go_once_empty(event, 0, on_done) : on_done(done);
      });
  }
}

void Guard::look_at_named(const GuardEvent& event, const On<void>& on_done) {
  if (const auto* rule = find_rule(event.fleet_id)) {
    return size(*rule, on_done);
  }
  const bool is_scaled = std::any_of(rules_.scalings.begin(), rules_.scalings.end(),
                                     [&](const auto& one) { return one.alarm == event.alarm; });
  on_done(is_scaled ? Result<void>{}
                    : note_decision(event.fleet_id, "look", "unknown-fleet", "{}"));
}

void Guard::drain(const GuardEvent& event, const On<void>& on_done) {
  // Several sources may tell of it at the same moment: one of them is acted on, and answers for
  // all.
  auto& waiting = draining_[event.instance_id];
  waiting.push_back(on_done);
  if (waiting.size() == 1) {
    begin_drain(event, [this, id = event.instance_id](const Result<void>& done) {
      const auto answers = std::move(draining_.extract(id).mapped());
      for (const auto& answer : answers) {
        answer(done);
      }
    });
  }
}

void Guard::begin_drain(const GuardEvent& event, const On<void>& on_done) {
  const auto now = ports_.clock.now();
  const auto draining = std::make_shared<Draining>(Draining{
      .event = event,
      .task = {fmt::format("{}drain {}", rules_.is_dry_run ? "dry-run " : "", event.instance_id),
               holder_},
      .on_done = on_done});
  if (draining->event.region.empty()) {
    draining->event.region = rules_.region;
  }
  const auto claimed =
      ports_.state.guard().claim(draining->task, now, now + kLease, now - kSameInterruption);
  if (!claimed) {
    return on_done(tl::unexpected(claimed.error()));
  }
  switch (*claimed) {
    case GuardClaim::Done:
      return fill_gap(draining->event, 0, on_done);
    case GuardClaim::Elsewhere:
      return on_done(
          fail(ErrorKind::Busy, "another controller is draining '{}'", event.instance_id));
    case GuardClaim::Taken:
      break;
  }
  if (!event.container_arn.empty()) {
    return drain_host(draining, {.region = model::Region{draining->event.region},
                                 .cluster = event.cluster,
                                 .arn = event.container_arn});
  }
  find_host(draining, 0);
}

void Guard::find_host(const std::shared_ptr<Draining>& draining, std::size_t cluster) {
  if (cluster == rules_.clusters.size()) {
    return drained(draining, "no-container-host");
  }
  const auto& name = rules_.clusters[cluster];
  ports_.containers.find_host(
      model::Region{draining->event.region}, name, draining->event.instance_id,
      [this, draining, cluster, name](const Result<ContainerHostStatus>& host) {
        if (!host && host.error().kind != ErrorKind::NotFound) {
          // Given back, and the message is handed out again: nothing was decided yet.
          static_cast<void>(ports_.state.guard().release(draining->task));
          return draining->on_done(tl::unexpected(host.error()));
        }
        if (!host || host->arn.empty()) {
          return find_host(draining, cluster + 1);
        }
        drain_host(
            draining,
            {.region = model::Region{draining->event.region}, .cluster = name, .arn = host->arn});
      });
}

void Guard::drain_host(const std::shared_ptr<Draining>& draining, const ContainerHost& host) {
  if (rules_.is_dry_run) {
    return drained(draining, "would-drain");
  }
  ports_.containers.drain(host, [this, draining, host](const Result<spotvane::Draining>& result) {
    if (result) {
      if (*result == spotvane::Draining::Begun) {
        const auto& event = draining->event;
        watch(draining, {.instance_id = event.instance_id,
                         .host = host,
                         .ends = event.ends.value_or(ports_.clock.now() + 2min)});
      }
      counts_.drained += *result == spotvane::Draining::Begun ? 1 : 0;
      return drained(draining, *result == spotvane::Draining::Begun ? "draining" : "already-gone");
    }
    if (result.error().kind == ErrorKind::NotFound) {
      return drained(draining, "unknown-cluster");
    }
    static_cast<void>(ports_.state.guard().release(draining->task));
    static_cast<void>(
        note_decision(draining->event.instance_id, "drain", "failed",
                      text_of({{"error", result.error().message}, {"hint", result.error().hint}})));
    draining->on_done(tl::unexpected(result.error()));
  });
}

void Guard::watch(const std::shared_ptr<Draining>& draining, const DrainedHost& host) {
  if (ports_.follows_drains) {
    return watch_.follow(host);
  }
  // Last: what fills the gap does not wait for it.
  draining->on_done = [this, host, on_done = draining->on_done](const Result<void>& done) {
    watch_.foretell(host, [on_done, done] { on_done(done); });
  };
}

void Guard::drained(const std::shared_ptr<Draining>& draining, const std::string& outcome) {
  const auto& event = draining->event;
  auto kept = ports_.state.guard().finish(draining->task, ports_.clock.now());
  if (kept) {
    kept = note_decision(event.instance_id, "drain", outcome, text_of(inputs_of(event)));
  }
  if (!kept) {
    return draining->on_done(kept);
  }
  fill_gap(event, 0, draining->on_done);
}

/// Finds the fleet of the instance, rule by rule where the message does not say.
void Guard::fill_gap(const GuardEvent& event, std::size_t rule, const On<void>& on_done) {
  if (rule == rules_.fleets.size()) {
    return on_done({});
  }
  const auto& candidate = rules_.fleets[rule];
  const auto is_it = [&](const FleetInstance& one) { return one.id == event.instance_id; };
  auto& work = work_[candidate.fleet_id];
  const auto listed = std::find_if(work.instances.begin(), work.instances.end(), is_it);
  const bool is_named = event.fleet_id == candidate.fleet_id;
  if (is_named || listed != work.instances.end()) {
    const auto type = !event.instance_type.empty() || listed == work.instances.end()
                          ? event.instance_type
                          : listed->type;
    if (event.cause != Cause::StateChange) {
      note_host(event, candidate, type);
    }
    return size(candidate, on_done);
  }
  if (!event.fleet_id.empty() || ports_.clock.now() - work.listed < kListed) {
    return fill_gap(event, rule + 1, on_done);
  }
  ports_.fleets.fleet_instances(
      model::Region{candidate.region}, candidate.fleet_id,
      [this, event, rule, on_done](Result<std::vector<FleetInstance>> instances) {
        if (!instances && is_passing(instances.error().kind)) {
          return on_done(tl::unexpected(std::move(instances.error())));
        }
        auto& known = work_[rules_.fleets[rule].fleet_id];
        known.listed = ports_.clock.now();
        if (instances) {
          known.instances = std::move(*instances);
        }
        fill_gap(event, rule, on_done);
      });
}

void Guard::note_host(const GuardEvent& event, const FleetRule& rule, const std::string& type) {
  const auto now = ports_.clock.now();
  // Not kept is not fatal: the fleet's own figures will tell once the instance is gone.
  static_cast<void>(ports_.state.guard().note_host({.instance_id = event.instance_id,
                                                    .fleet_id = rule.fleet_id,
                                                    .instance_type = type,
                                                    .told = now,
                                                    .ends = event.ends.value_or(now + 2min)},
                                                   now - kSameInterruption));
}

double Guard::weight_of(const FleetRule& rule, const std::string& type) {
  const auto& described = work_[rule.fleet_id].described;
  if (described) {
    // What has no weight of its own counts as one.
    const auto weight = described->weights.find(type);
    return weight != described->weights.end() ? weight->second : 1.0;
  }
  const auto vcpus = ports_.vcpus_of ? ports_.vcpus_of(type) : std::nullopt;
  return vcpus ? *vcpus : guessed_weight(type);
}

void Guard::review(On<void> on_done) {
  const auto left = std::make_shared<std::size_t>(rules_.fleets.size() + 1);
  const auto one_done = [left, on_done = std::move(on_done)](const Result<void>&) {
    if (--*left == 0) {
      on_done({});
    }
  };
  for (const auto& rule : rules_.fleets) {
    size(rule, one_done);
  }
  scaler_.review(one_done);
}

const FleetRule* Guard::find_rule(const std::string& fleet_id) const {
  const auto found = std::find_if(rules_.fleets.begin(), rules_.fleets.end(),
                                  [&](const auto& rule) { return rule.fleet_id == fleet_id; });
  return found == rules_.fleets.end() ? nullptr : &*found;
}

Result<void> Guard::note_decision(std::string subject, std::string what, std::string outcome,
                                  std::string inputs) {
  const GuardDecision decision{.at = ports_.clock.now(),
                               .subject = std::move(subject),
                               .what = std::move(what),
                               .outcome = std::move(outcome),
                               .inputs = std::move(inputs)};
  auto kept = ports_.state.guard().add_decision(decision);
  if (kept && ports_.tell) {
    ports_.tell(decision);
  }
  return kept;
}

}  // namespace spotvane::guard
