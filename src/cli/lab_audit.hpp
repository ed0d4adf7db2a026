#pragma once

#include "cli/document.hpp"
#include "cli/world.hpp"
#include "model/job.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::cli {

/// What a lab itself counts of a job's workers, whatever it told anybody.
struct JobAudit {
  std::int64_t instances = 0;
  std::int64_t interrupted = 0;
  std::int64_t left = 0;  ///< instances and spot requests that cost, or may come to
  double usd = 0;         ///< with their volumes
};

/// Asks the lab that `cloud` is. Fails with `Unavailable` where it does not answer, and with
/// `Corrupt` where it says nothing that makes sense.
Result<JobAudit> audit_job(World& world, Cloud& cloud, const model::JobId& job);

/// The same as facts of a report.
std::vector<std::pair<std::string, Value>> audit_facts(const JobAudit& audit);

}  // namespace spotvane::cli
