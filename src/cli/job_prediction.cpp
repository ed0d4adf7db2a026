#include "cli/job_prediction.hpp"

#include "job/job_run.hpp"
#include "sim/memory_state_store.hpp"

namespace spotvane::cli {

Result<JobPrediction> predict_job(const job::JobSpec& spec, const sim::SteadyMarket& market,
                                  std::uint64_t seed) {
  constexpr auto kHolder = "prediction";
  constexpr Duration kLongest = std::chrono::days{365};
  const auto begun = spec.head.begun;
  sim::EventLoop loop{begun};
  sim::MemoryStateStore state;
  sim::SteadyCloud cloud{market, loop, Random{seed}};
  auto& jobs = state.jobs();
  auto ready = jobs.begin(spec.head).and_then(
      [&] { return jobs.hold(spec.head.id, kHolder, begun, begun + 2 * kLongest); });
  auto run = ready.and_then([&](bool /*is_held*/) {
    return job::JobRun::open(spec, {loop, loop, cloud, cloud, cloud, jobs, state.performance()},
                             {.holder = kHolder});
  });
  if (!run) {
    return tl::unexpected(std::move(run.error()));
  }
  (*run)->start();
  while (!(*run)->is_over() && loop.now() < begun + kLongest) {
    loop.run_for(std::chrono::minutes{10});
  }
  const auto& course = (*run)->book().course();
  if (!course.ended) {
    return fail(ErrorKind::Unavailable, "the job would not be over in a year");
  }
  return JobPrediction{course, (*run)->book().bill(*course.ended), *course.ended - begun,
                       (*run)->book().workers().size()};
}

}  // namespace spotvane::cli
