#pragma once

#include "job/job_run.hpp"
#include "ports/http_handler.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace spotvane::job {

/// Takes workers' reports: `POST /report` with JSON. 204 once it is kept, 200 where the engine has
/// an answer to it; 400 says what is wrong, 404 where the instance is none of the job's, 401 where
/// the sender does not bring the job's token: as `?token=` or in `Authorization: Bearer`.
class ReportEndpoint final : public HttpHandler {
 public:
  /// The run must outlive it. Without a token everybody is believed to be who they say.
  ReportEndpoint(JobRun& run, std::string token) : run_{run}, token_{std::move(token)} {}

  void handle(HttpRequest request, Answer answer) override;

 private:
  JobRun& run_;
  std::string token_;
};

/// What a report's JSON says: `instance_id`, `perf_sec`, `perf_sec_stdev`, `tasks_completed` and,
/// where that is the worker's own count, `"tasks_of": "worker"`; `up_seconds`, since its program
/// began, by which its hours are known though nobody saw them begin. Or what the agent on the
/// worker has heard: `instanceId`, `event`. Fails with `InvalidInput`.
Result<SentReport> read_report(std::string_view json);

}  // namespace spotvane::job
