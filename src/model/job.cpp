#include "model/job.hpp"

#include "model/words.hpp"

#include <fmt/format.h>

namespace spotvane::model {

namespace {

constexpr Words<JobState, 5> kJobStates{{{JobState::Running, "running"},
                                         {JobState::Done, "done"},
                                         {JobState::Stopped, "stopped"},
                                         {JobState::Infeasible, "infeasible"},
                                         {JobState::Failed, "failed"}}};

}  // namespace

std::string to_text(const WorkerPool& pool) {
  if (pool.is_on_demand) {
    return fmt::format("{} on demand", pool.type);
  }
  return fmt::format("{} in {}", pool.type, pool.zone);
}

std::string_view to_text(JobState state) {
  return word_of(kJobStates, state);
}

std::optional<JobState> parse_job_state(std::string_view text) {
  return value_of(kJobStates, text);
}

}  // namespace spotvane::model
