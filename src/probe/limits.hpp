#pragma once

#include "base/result.hpp"
#include "model/probe.hpp"

#include <vector>

namespace spotvane::probe {

/// What probes may never exceed, all of a home together.
struct Limits {
  int instances = 100;                            ///< that may exist at once
  int vcpus = 512;                                ///< of them
  Money dollars_a_day = Money::from_dollars(10);  ///< UTC; by what each may cost at most
};

/// How long after its time is up a probe may still cost: until AWS has ended its instances.
inline constexpr Duration kEndAllowance = std::chrono::minutes{10};

/// What a probe costs at most: every instance from the request to the end of the allowance.
Money greatest_cost(const model::ProbePlan& plan);

/// What a probe counts for against the day's dollars.
Money charge(const model::ProbeRecord& record, TimePoint now);

/// Whether `plan` fits beside what there is: `uncleared`, and all `of_today`. Fails with
/// `QuotaExceeded`, naming the limit, what is in use and what was asked.
Result<void> check_limits(const model::ProbePlan& plan,
                          const std::vector<model::ProbeRecord>& uncleared,
                          const std::vector<model::ProbeRecord>& of_today, const Limits& limits,
                          TimePoint now);

}  // namespace spotvane::probe
