#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"
#include "job/engine.hpp"
#include "model/job.hpp"

#include <memory>
#include <vector>

namespace spotvane::cli {

/// What runs a job's tasks, and what that works with.
struct JobEngine {
  std::shared_ptr<DetachedPrograms> programs = {};
  std::shared_ptr<job::Engine> engine = {};  ///< none where user data does all there is to do
};

/// The engine that the file names. The environment and the cloud must outlive it.
JobEngine make_engine(Environment& environment, Cloud& cloud, const JobFile& file,
                      const model::JobId& job);

/// Besides what is settled already, the paths of the file as they are meant from here, to be kept
/// with the job: whoever goes on with it may be elsewhere.
std::vector<model::Tag> settled_paths(const JobFile& file, std::vector<model::Tag> settled);
void apply_settled_paths(JobFile& file, const std::vector<model::Tag>& settled);

}  // namespace spotvane::cli
