#include "probe/limits.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::probe {

namespace {

/// Rounded up: a limit must hold.
Money cost(const model::ProbePlan& plan, Duration span) {
  const std::chrono::duration<double, std::ratio<3600>> hours = span;
  return Money::from_micros(static_cast<std::int64_t>(
      std::ceil(static_cast<double>(plan.price.micros()) * plan.count * hours.count())));
}

tl::unexpected<Error> beyond(std::string message, std::string_view setting) {
  return tl::unexpected(
      Error{ErrorKind::QuotaExceeded, std::move(message),
            fmt::format("ask for less, end what is left by `spotvane probe recover`, or raise '{}'",
                        setting)});
}

}  // namespace

Money greatest_cost(const model::ProbePlan& plan) {
  return cost(plan, plan.timeout + kEndAllowance);
}

Money charge(const model::ProbeRecord& record, TimePoint now) {
  if (record.cleared) {
    return record.cleared->spent;
  }
  return std::max(record.plan.cost_most, cost(record.plan, now - record.plan.intended));
}

Result<void> check_limits(const model::ProbePlan& plan,
                          const std::vector<model::ProbeRecord>& uncleared,
                          const std::vector<model::ProbeRecord>& of_today, const Limits& limits,
                          TimePoint now) {
  std::int64_t instances = 0;
  std::int64_t vcpus = 0;
  for (const auto& one : uncleared) {
    instances += one.plan.count;
    vcpus += std::int64_t{one.plan.count} * one.plan.vcpus;
  }
  Money spent;
  for (const auto& one : of_today) {
    spent = spent + charge(one, now);
  }
  if (instances + plan.count > limits.instances) {
    return beyond(fmt::format("{} more instances would be more than {}: {} may exist already",
                              plan.count, limits.instances, instances),
                  "probe.max_instances");
  }
  if (const auto more = std::int64_t{plan.count} * plan.vcpus; vcpus + more > limits.vcpus) {
    return beyond(fmt::format("{} more vCPUs would be more than {}: {} may exist already", more,
                              limits.vcpus, vcpus),
                  "probe.max_vcpus");
  }
  if (spent + plan.cost_most > limits.dollars_a_day) {
    return beyond(
        fmt::format("the day's budget of ${} is spent: ${} are used or set aside, and this probe "
                    "may cost ${}",
                    to_text(limits.dollars_a_day), to_text(spent), to_text(plan.cost_most)),
        "probe.dollars_a_day");
  }
  return {};
}

}  // namespace spotvane::probe
