#pragma once

#include "job/job_run.hpp"
#include "ports/http_handler.hpp"

namespace spotvane::job {

/// Takes workers' reports: `POST /report` with JSON. 204 once it is kept, 200
/// where the engine has an answer to it; 400 says what is wrong,
/// 404 where the instance is none of the job's.
class ReportEndpoint final : public HttpHandler {
 public:
  /// The run must outlive it.
  explicit ReportEndpoint(JobRun& run) : run_{run} {}

  void handle(HttpRequest request, Answer answer) override;

 private:
  JobRun& run_;
};

/// What a report's JSON says: `instance_id`, `perf_sec`, `perf_sec_stdev`, `tasks_completed` and,
/// where that is the worker's own count, `"tasks_of": "worker"`. Fails with `InvalidInput`.
Result<SentReport> read_report(std::string_view json);

}  // namespace spotvane::job
