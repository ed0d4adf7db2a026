#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"
#include "job/engine.hpp"
#include "model/job.hpp"

#include <memory>
#include <string>

namespace spotvane::cli {

/// What runs a job's tasks as those of the file's service. The cloud must outlive it.
std::shared_ptr<job::Engine> make_ecs_engine(Cloud& cloud, const JobFile& file,
                                             const model::JobId& job);

/// What is missing in a job's file whose engine is ECS. Fails with `InvalidInput`.
Result<void> check_ecs_file(const JobFile& file);

/// Looks whether the file's service is there, and can be a job's, before the job begins. Fails as
/// ECS does, and with `InvalidInput`.
Result<void> check_ecs_service(Environment& environment, Cloud& cloud, const JobFile& file);

/// User data that makes a worker a host of the file's cluster, and then does what the file says.
std::string ecs_user_data(const JobFile& file, const model::JobId& job,
                          const std::string& user_data);

}  // namespace spotvane::cli
