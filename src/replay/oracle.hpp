#pragma once

#include "base/result.hpp"
#include "replay/job_replay.hpp"

#include <span>
#include <vector>

namespace spotvane::replay {

/// What the job would cost at least if one knew the whole market beforehand, for each deadline: the
/// bound for every policy, and none itself, so it lives where no policy can be deployed from.
///
/// Exact by dynamic programming over (tick, placement, work done), the work in quanta of the
/// greatest common divisor of gap and change-over. `is_late` where no course makes the deadline.
/// Fails with `InvalidInput` where those quanta are too fine to go through.
Result<std::vector<Outcome>> cheapest_courses(Duration work, Duration changeover,
                                              std::span<const Duration> deadlines,
                                              const RecordedMarket& market);

}  // namespace spotvane::replay
