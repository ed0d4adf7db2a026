#include "probe/probe_machine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace spotvane::probe {

namespace {

using model::InstanceState;
using model::ProbeOutcome;
using Kind = model::ProbeResource::Kind;

}  // namespace

bool may_pass(const Error& error) {
  return is_passing(error.kind) || error.kind == ErrorKind::Corrupt;
}

ProbeMachine::ProbeMachine(model::ProbePlan plan, Patience patience)
    : plan_{std::move(plan)}, patience_{patience} {
  news_.probe = plan_.id;
}

ProbeMachine ProbeMachine::leftover(const model::ProbeRecord& record,
                                    const std::vector<model::ProbeResource>& resources,
                                    TimePoint now, Patience patience) {
  ProbeMachine machine{record.plan, patience};
  machine.requested_ = record.requested;
  machine.end_ = record.end;
  machine.last_change_ = now;
  machine.phase_ = Phase::Cleaning;
  machine.take(now, resources);
  machine.news_.resources.clear();  // they are known
  if (!machine.end_) {
    machine.end_ = {now, ProbeOutcome::CutShort, "the run that began it did not end it"};
    machine.news_.end = machine.end_;
  }
  return machine;
}

void ProbeMachine::take(TimePoint now, const std::vector<model::ProbeResource>& resources) {
  if (is_measuring()) {
    return;
  }
  for (const auto& [kind, id] : resources) {
    bool is_new = false;
    switch (kind) {
      case Kind::SpotRequest:
        is_new = requests_.try_emplace(model::SpotRequestId{id}).second;
        break;
      case Kind::Instance:
        is_new = instances_.try_emplace(model::InstanceId{id}, Unit{.known = now}).second;
        break;
      case Kind::Fleet:
        is_new = fleets_.try_emplace(model::FleetId{id}).second;
        break;
      case Kind::LaunchTemplate:
        is_new = templates_.try_emplace(model::LaunchTemplateId{id}).second;
        break;
    }
    if (is_new) {
      own(kind, id);
      last_change_ = now;
      phase_ = Phase::Cleaning;
    }
  }
}

void ProbeMachine::tell(TimePoint at, std::string subject, std::string what, std::string detail) {
  news_.events.push_back({at, std::move(subject), std::move(what), std::move(detail)});
}

void ProbeMachine::note(TimePoint now, std::string what, std::string detail) {
  if (auto text = what + detail; text != last_note_) {
    last_note_ = std::move(text);
    tell(now, "", std::move(what), std::move(detail));
  }
}

void ProbeMachine::own(Kind kind, std::string id) {
  news_.resources.push_back({kind, std::move(id)});
}

ProbeMachine::Request& ProbeMachine::meet(TimePoint now, const model::SpotRequest& request) {
  const auto [known, is_new] = requests_.try_emplace(request.id);
  if (is_new) {
    own(Kind::SpotRequest, request.id.text());
    last_change_ = now;
  }
  return known->second;
}

ProbeMachine::Unit& ProbeMachine::meet(TimePoint now, const model::InstanceId& instance,
                                       const std::string& request) {
  const auto [known, is_new] = instances_.try_emplace(instance, Unit{.known = now});
  if (is_new) {
    own(Kind::Instance, instance.text());
    tell(now, instance.text(), "fulfilled", request);
    last_change_ = now;
  }
  return known->second;
}

void ProbeMachine::template_made(TimePoint now, const model::LaunchTemplate& made) {
  is_call_under_way_ = false;
  last_change_ = now;
  next_attempt_ = now;
  if (templates_.try_emplace(made.id).second) {
    own(Kind::LaunchTemplate, made.id.text());
  }
}

void ProbeMachine::launched(TimePoint now, const Launched& launched) {
  is_call_under_way_ = false;
  last_change_ = now;
  if (phase_ == Phase::Launching) {
    phase_ = Phase::Watching;
  }
  for (const auto& request : launched.requests) {
    see(now, request);
  }
  for (const auto& instance : launched.instances) {
    meet(now, instance.id, instance.request.text());
    see(now, instance);
  }
  if (launched.fleet) {
    if (fleets_.try_emplace(launched.fleet->id).second) {
      own(Kind::Fleet, launched.fleet->id.text());
    }
    for (const auto& instance : launched.fleet->instances) {
      meet(now, instance, "");
    }
    for (const auto& error : launched.fleet->errors) {
      note(now, "fleet-error", fmt::format("{} ({})", error.message, error.code));
    }
  }
}

void ProbeMachine::launch_failed(TimePoint now, const Error& error) {
  is_call_under_way_ = false;
  last_change_ = now;
  if (phase_ != Phase::Launching) {
    return;
  }
  if (may_pass(error) || error.kind == ErrorKind::Cancelled) {
    // The same again, with its token, will tell whether it took effect.
    note(now, "launch-in-doubt", error.message);
    next_attempt_ = now + patience_.retry;
  } else {
    stop(now, ProbeOutcome::Refused, error.message);
  }
}

void ProbeMachine::see(TimePoint now, const model::SpotRequest& seen) {
  auto& known = meet(now, seen);
  known.absent_since.reset();
  known.state = seen.state;
  // A description may be of before our last look: what is over stays over.
  known.is_over = known.is_over || model::is_over(seen.state);
  if (known.status != seen.status_code) {
    known.status = seen.status_code;
    tell(now, seen.id.text(), "status",
         seen.updated ? fmt::format("{} {}", seen.status_code, to_iso8601(*seen.updated))
                      : seen.status_code);
  }
  if (!seen.instance.empty()) {
    meet(now, seen.instance, seen.id.text());
  }
}

void ProbeMachine::saw_requests(TimePoint asked, TimePoint now,
                                const std::vector<const model::SpotRequest*>& requests) {
  scanned_requests_ = asked;
  for (auto& [id, known] : requests_) {
    known.absent_since = known.absent_since ? known.absent_since : asked;
  }
  for (const auto* seen : requests) {
    see(now, *seen);
  }
  for (auto& [id, known] : requests_) {
    const bool is_gone =
        known.cancel_heard && known.absent_since &&
        asked - std::max(*known.cancel_heard, *known.absent_since) >= patience_.settle;
    known.is_over = known.is_over || is_gone;
  }
}

void ProbeMachine::saw_instances(TimePoint asked, TimePoint now,
                                 const std::vector<const model::Instance*>& instances) {
  scanned_instances_ = asked;
  for (auto& [id, unit] : instances_) {
    unit.absent_since = unit.absent_since ? unit.absent_since : asked;
  }
  for (const auto* seen : instances) {
    see(now, *seen);
  }
  for (auto& [id, unit] : instances_) {
    const bool is_gone =
        !unit.gone && unit.end_sent && unit.absent_since &&
        asked - std::max({*unit.end_sent, *unit.absent_since, unit.known}) >= patience_.settle;
    if (is_gone) {
      unit.gone = now;
      tell(now, id.text(), "terminated", "AWS no longer describes it");
    }
  }
  count_ready(now);
}

void ProbeMachine::see(TimePoint now, const model::Instance& seen) {
  auto& unit = meet(now, seen.id, seen.request.text());
  unit.absent_since.reset();
  unit.is_tagged = !model::tag_value(seen.tags, "spotvane:probe").empty();
  // AWS lists no instant fleet that is not asked for by its ID: one whose birth went unheard is
  // found by its instances.
  if (const auto fleet = model::tag_value(seen.tags, "aws:ec2:fleet-id");
      !fleet.empty() && !unit.gone && unit.fleet.empty()) {
    unit.fleet = std::string{fleet};
    if (fleets_.try_emplace(model::FleetId{unit.fleet}).second) {
      own(Kind::Fleet, unit.fleet);
    }
  }
  // A description may be of before our last look: an instance never goes back.
  if (seen.state < unit.state && unit.state <= InstanceState::Terminated) {
    return;
  }
  see_state(now, seen, unit);
}

void ProbeMachine::see_state(TimePoint now, const model::Instance& seen, Unit& unit) {
  const auto& id = seen.id.text();
  if (!unit.was_pending) {
    unit.was_pending = true;
    tell(now, id, "pending", seen.launched ? to_iso8601(*seen.launched) : "");
  }
  const bool is_new = seen.state != unit.state;
  unit.state = seen.state;
  if (is_new && seen.state == InstanceState::Running) {
    tell(now, id, "running");
  }
  const bool is_taken = seen.state_reason.starts_with("Server.Spot") ||
                        (seen.state >= InstanceState::ShuttingDown && !unit.end_sent);
  if (is_taken && !unit.is_interrupted && seen.state >= InstanceState::ShuttingDown) {
    unit.is_interrupted = true;
    tell(now, id, "interrupted", seen.state_reason);
  }
  if (seen.state >= InstanceState::ShuttingDown) {
    unit.is_ready = false;
  }
  if (seen.state == InstanceState::Terminated && !unit.gone) {
    unit.gone = now;
    tell(now, id, "terminated", seen.state_reason);
  }
}

void ProbeMachine::saw_checks(TimePoint now, const model::InstanceChecks& checks) {
  const auto found = instances_.find(checks.id);
  if (found == instances_.end() || found->second.state != InstanceState::Running ||
      checks.state != InstanceState::Running) {
    return;
  }
  auto& unit = found->second;
  bool is_any_ok = false;
  bool is_all_ok = true;
  const auto look = [&](model::Check check, const char* name) {
    is_any_ok = is_any_ok || check == model::Check::Ok;
    is_all_ok = is_all_ok && (check == model::Check::Ok || check == model::Check::NotReported);
    if (check == model::Check::Ok && unit.passed.insert(name).second) {
      tell(now, checks.id.text(), name);
    }
  };
  look(checks.system, "system-ok");
  look(checks.instance, "instance-ok");
  look(checks.attached_ebs, "ebs-ok");
  if (is_any_ok && is_all_ok && !unit.is_ready) {
    unit.is_ready = true;
    tell(now, checks.id.text(), "ready");
  }
  count_ready(now);
}

void ProbeMachine::count_ready(TimePoint now) {
  if (const int ready_now = ready(); is_measuring() && ready_now != last_ready_) {
    last_ready_ = ready_now;
    news_.ready.push_back({now, ready_now});
  }
}

void ProbeMachine::cancelled(TimePoint now, const std::vector<model::SpotRequestId>& requests) {
  for (const auto& id : requests) {
    if (const auto found = requests_.find(id); found != requests_.end()) {
      if (!found->second.cancel_heard) {
        last_change_ = now;
      }
      found->second.cancel_heard = now;
    }
  }
}

void ProbeMachine::deleted(TimePoint /*now*/, const model::FleetId& fleet) {
  fleets_.erase(fleet);
}

void ProbeMachine::deleted(TimePoint /*now*/, const model::LaunchTemplateId& which) {
  templates_.erase(which);
}

void ProbeMachine::stop(TimePoint now, ProbeOutcome outcome, std::string note) {
  if (!is_measuring()) {
    return;
  }
  phase_ = Phase::Cleaning;
  end_ = {now, outcome, std::move(note)};
  news_.end = end_;
}

int ProbeMachine::ready() const {
  return static_cast<int>(std::count_if(instances_.begin(), instances_.end(),
                                        [](const auto& one) { return one.second.is_ready; }));
}

int ProbeMachine::alive() const {
  return static_cast<int>(std::count_if(instances_.begin(), instances_.end(),
                                        [](const auto& one) { return !one.second.gone; }));
}

bool ProbeMachine::has_open_requests() const {
  return std::any_of(requests_.begin(), requests_.end(), [](const auto& one) {
    return one.second.state == model::SpotRequestState::Open && !one.second.is_over;
  });
}

std::vector<std::string> ProbeMachine::instance_ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, unit] : instances_) {
    if (!unit.gone) {
      ids.push_back(id.text());
    }
  }
  return ids;
}

std::vector<std::string> ProbeMachine::request_ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, request] : requests_) {
    if (!request.is_over) {
      ids.push_back(id.text());
    }
  }
  return ids;
}

std::vector<model::InstanceId> ProbeMachine::to_check() const {
  std::vector<model::InstanceId> ids;
  for (const auto& [id, unit] : instances_) {
    if (is_measuring() && unit.state == InstanceState::Running && !unit.is_ready) {
      ids.push_back(id);
    }
  }
  return ids;
}

Money ProbeMachine::spent(TimePoint now) const {
  constexpr double kLeastHours = 1.0 / 60;  // AWS bills a minute at least
  double dollars = 0;
  for (const auto& [id, unit] : instances_) {
    const std::chrono::duration<double, std::ratio<3600>> hours =
        unit.gone.value_or(now) - requested_.value_or(plan_.intended);
    dollars += std::max(hours.count(), kLeastHours) * plan_.price.dollars();
  }
  return Money::from_micros(static_cast<std::int64_t>(std::ceil(dollars * 1e6)));
}

}  // namespace spotvane::probe
