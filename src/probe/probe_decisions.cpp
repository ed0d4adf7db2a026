// What a probe does, given what it has seen.

#include "probe/probe_machine.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::probe {

namespace {

using model::InstanceState;
using model::ProbeOutcome;

constexpr int kTagTries = 3;  // a comfort, not a need: the requests lead to the instances, too

bool is_due(const std::optional<TimePoint>& sent, TimePoint now, Duration every) {
  return !sent || now - *sent >= every;
}

}  // namespace

Orders ProbeMachine::decide(TimePoint now) {
  Orders orders;
  check_end(now);
  if (phase_ == Phase::Launching) {
    order_launch(now, orders);
  }
  if (phase_ == Phase::Cleaning) {
    order_ends(now, orders);
    if (is_clear()) {
      phase_ = Phase::Cleared;
      news_.cleared = model::ProbeClearance{now, spent(now)};
    }
  }
  for (auto& [id, unit] : instances_) {
    if (is_measuring() && !unit.is_tagged && unit.was_pending && unit.tag_tries < kTagTries) {
      unit.is_tagged = true;  // the next look shows whether it was heard
      ++unit.tag_tries;
      orders.tag.push_back(id);
    }
  }
  orders.news = std::exchange(news_, model::ProbeNews{.probe = plan_.id});
  return orders;
}

void ProbeMachine::check_end(TimePoint now) {
  if (!is_measuring()) {
    return;
  }
  const bool can_any_come =
      phase_ == Phase::Launching ||
      std::any_of(requests_.begin(), requests_.end(),
                  [](const auto& one) {
                    return !one.second.is_over && one.second.state == model::SpotRequestState::Open;
                  }) ||
      std::any_of(instances_.begin(), instances_.end(), [](const auto& one) {
        return !one.second.is_ready && one.second.state < InstanceState::ShuttingDown;
      });
  if (ready() == plan_.count) {
    stop(now, ProbeOutcome::AllReady);
  } else if (requested_ && now - *requested_ >= plan_.timeout) {
    stop(now, ProbeOutcome::TimedOut);
  } else if (!can_any_come) {
    stop(now, ProbeOutcome::CannotBeMet,
         fmt::format("{} of {} are ready, and nothing is left that could become so", ready(),
                     plan_.count));
  }
}

void ProbeMachine::order_launch(TimePoint now, Orders& orders) {
  if (is_call_under_way_ || (next_attempt_ && now < *next_attempt_)) {
    return;
  }
  if (!requested_) {
    requested_ = now;
    news_.requested = now;
  }
  is_call_under_way_ = true;
  orders.make_template = plan_.via == model::LaunchMethod::CreateFleet && templates_.empty();
  orders.launch = !orders.make_template;
}

void ProbeMachine::order_ends(TimePoint now, Orders& orders) {
  for (auto& [id, request] : requests_) {
    if (!request.is_over && is_due(request.cancel_sent, now, patience_.insist)) {
      request.cancel_sent = now;
      orders.cancel.push_back(id);
    }
  }
  for (auto& [id, unit] : instances_) {
    if (!unit.gone && unit.state != InstanceState::ShuttingDown &&
        is_due(unit.end_sent, now, patience_.insist)) {
      unit.end_sent = now;
      orders.terminate.push_back(id);
    }
  }
  for (auto& [id, sent] : fleets_) {
    if (is_due(sent, now, patience_.insist)) {
      sent = now;
      orders.delete_fleets.push_back(id);
    }
  }
  for (auto& [id, sent] : templates_) {
    if (is_due(sent, now, patience_.insist)) {
      sent = now;
      orders.delete_templates.push_back(id);
    }
  }
}

bool ProbeMachine::is_clear() const {
  const bool is_all_over = std::all_of(requests_.begin(), requests_.end(),
                                       [](const auto& one) { return one.second.is_over; }) &&
                           std::all_of(instances_.begin(), instances_.end(),
                                       [](const auto& one) { return one.second.gone.has_value(); });
  const auto has_settled = [&](const std::optional<TimePoint>& scanned) {
    return scanned && *scanned - last_change_ >= patience_.settle;
  };
  return is_all_over && !is_call_under_way_ && fleets_.empty() && templates_.empty() &&
         has_settled(scanned_requests_) && has_settled(scanned_instances_);
}

}  // namespace spotvane::probe
