#include "sim/instance.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace spotvane::sim {

namespace {

/// How long a check that fails is thought to be still on its way.
constexpr Duration kPatience = std::chrono::minutes{5};

CheckState check(const Instance& instance, TimePoint ok_at, TimePoint at) {
  if (state(instance, at) != InstanceState::Running) {
    return CheckState::NotApplicable;
  }
  if (at >= ok_at) {
    return CheckState::Ok;
  }
  return ok_at == kNever && at >= instance.running_at + kPatience ? CheckState::Impaired
                                                                  : CheckState::Initializing;
}

}  // namespace

std::string_view to_text(InstanceState state) {
  switch (state) {
    case InstanceState::Pending:
      return "pending";
    case InstanceState::Running:
      return "running";
    case InstanceState::ShuttingDown:
      return "shutting-down";
    case InstanceState::Terminated:
      return "terminated";
  }
  return "terminated";
}

std::string_view to_text(CheckState state) {
  switch (state) {
    case CheckState::NotApplicable:
      return "not-applicable";
    case CheckState::Initializing:
      return "initializing";
    case CheckState::Ok:
      return "ok";
    case CheckState::Impaired:
      return "impaired";
  }
  return "impaired";
}

std::string_view to_text(RequestState state) {
  switch (state) {
    case RequestState::Open:
      return "open";
    case RequestState::Active:
      return "active";
    case RequestState::Closed:
      return "closed";
    case RequestState::Cancelled:
      return "cancelled";
    case RequestState::Failed:
      return "failed";
  }
  return "failed";
}

InstanceState state(const Instance& instance, TimePoint at) {
  if (at >= instance.terminated_at) {
    return InstanceState::Terminated;
  }
  if (at >= instance.shutdown_at) {
    return InstanceState::ShuttingDown;
  }
  return at >= instance.running_at ? InstanceState::Running : InstanceState::Pending;
}

CheckState system_check(const Instance& instance, TimePoint at) {
  return check(instance, instance.system_ok_at, at);
}

CheckState instance_check(const Instance& instance, TimePoint at) {
  return check(instance, instance.instance_ok_at, at);
}

std::optional<CheckState> ebs_check(const Instance& instance, TimePoint at) {
  return instance.ebs_ok_at ? std::optional{check(instance, *instance.ebs_ok_at, at)}
                            : std::nullopt;
}

std::optional<BilledTime> billed_time(const Instance& instance, TimePoint until) {
  constexpr Duration kLeast = std::chrono::minutes{1};
  const auto stopped = std::min(until, instance.shutdown_at);
  if (instance.running_at == kNever || stopped <= instance.running_at) {
    return std::nullopt;
  }
  return BilledTime{instance.running_at, std::max(stopped, instance.running_at + kLeast)};
}

double volumes_usd(const Instance& instance, TimePoint until) {
  const auto billed = billed_time(instance, until);
  double dollars = 0.0;
  for (const auto& volume : billed ? instance.spec.volumes : std::vector<model::VolumeSpec>{}) {
    const auto hours = std::chrono::duration<double, std::ratio<3600>>(billed->to - billed->from);
    dollars +=
        hours.count() * model::volume_usd_per_hour(volume, instance.owner.region).value_or(0);
  }
  return dollars;
}

TimePoint ready_at(const Instance& instance) {
  const auto ready = std::max({instance.running_at, instance.system_ok_at, instance.instance_ok_at,
                               instance.ebs_ok_at.value_or(instance.running_at)});
  return ready < instance.shutdown_at ? ready : kNever;
}

const RequestStatus& status(const SpotRequest& request, TimePoint at) {
  SPOTVANE_ASSERT(!request.history.empty());
  const auto later = std::find_if(request.history.begin() + 1, request.history.end(),
                                  [at](const RequestStatus& change) { return change.at > at; });
  return *(later - 1);
}

}  // namespace spotvane::sim
