#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"
#include "job/job_spec.hpp"

#include <functional>
#include <string>

namespace spotvane::cli {

/// A job's file, read; a job without a name is named as its file. Fails with `InvalidInput`, naming
/// the file, line and key.
Result<JobFile> read_job_file(const std::string& path, const std::string& text);

/// What is missing in a job's file to run it, but for what `settle_work` sees to. Fails with
/// `InvalidInput`.
Result<void> check_runnable(const JobFile& file);

/// A job's file and what stands in it, as jobs keep it.
struct WrittenJob {
  JobFile file;
  std::string text;
};

/// The job's file at `path`, with what options say over it (`adjust`), with all that a run needs.
/// Fails as reading it does, and as `check_runnable`.
Result<WrittenJob> read_runnable_job(
    World& world, const std::string& path,
    const std::function<void(JobFile&)>& adjust = [](JobFile& /*file*/) {});

/// What AWS asks for an hour of the volume that such an instance boots from, in dollars. Fails as
/// `model::volume_usd_per_hour` does.
Result<double> root_volume_usd_per_hour(const model::HostSetup& setup, const model::Region& region);

/// What is drawn for a job as it begins and holds to its end: the word that reports must bring.
std::vector<model::Tag> drawn_for(World& world);
/// Empty: the job began before there was one.
std::string report_token(const model::JobHead& head);

/// The job with all that its file leaves open settled: images, zones and on-demand prices by the
/// region's catalog, throughputs by the performance database. Fails as these do, and with
/// `InvalidInput` where no throughput is known and none may be measured.
Result<job::JobSpec> settle_job(Environment& environment, Cloud& cloud, StateStore& state,
                                const JobFile& file, const model::JobHead& head);

}  // namespace spotvane::cli
