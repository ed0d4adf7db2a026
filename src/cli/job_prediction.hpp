#pragma once

#include "job/job_book.hpp"
#include "sim/steady_cloud.hpp"

#include <cstdint>

namespace spotvane::cli {

/// How a job would go.
struct JobPrediction {
  model::JobCourse course;
  job::Bill bill;
  Duration time = {};  ///< from its beginning until it is closed
  std::size_t workers = 0;
};

/// Takes the job through a market that stays as it is: the loop and the policy that run it, on
/// virtual time. The same seed draws the same launch times. Fails with `Unavailable` where it is
/// not over in a year.
Result<JobPrediction> predict_job(const job::JobSpec& spec, const sim::SteadyMarket& market,
                                  std::uint64_t seed);

}  // namespace spotvane::cli
