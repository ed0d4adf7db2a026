#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"
#include "model/performance.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

// What the performance database knows of a job's work.

struct KnownWork {
  std::map<std::string, policy::Throughput> rates = {};  ///< by type
  std::optional<double> tasks = {};  ///< of how many it consisted, on average and rounded up
};

/// As what the job's throughputs are kept: its dataset, or what it is called itself, and
/// parameters.
model::Workload workload_of(const JobFile& job);

Result<KnownWork> known_work(PerformanceStore& store, const model::Workload& workload);

/// Why nothing is known of how fast the job's tasks are done, and what is known instead.
std::string why_nothing_is_known(PerformanceStore& store, const JobFile& job);

/// That of no type it is known how fast it does the job's tasks, and what to do.
Error no_throughput(PerformanceStore& store, const JobFile& job);

/// Settles what the file leaves to the database: puts the hash of its dataset in place of its name,
/// and the number of tasks where there is none. A dataset of which nothing is known stays as it is:
/// it may be new. Returns what to tell the user of it. Fails with `InvalidInput` where several
/// datasets are called so, or where nobody says how many tasks there are.
Result<Words> settle_work(PerformanceStore& store, JobFile& job);

/// For a hint.
inline constexpr auto kWaysToKnow =
    "give '--performance FILE', '[performance]' in the job's file, or '--dataset NAME' of what "
    "`spotvane perf show` lists";

/// The work of a job that is only thought through, by options over its file.
struct WorkChoice {
  std::optional<std::string> dataset = {};
  std::vector<std::string> parameters = {};

  void declare(Flags& flags);
};

/// Adds what this home's database knows to what `job`, read from `path`, says itself: where a
/// dataset is named, or something is missing. Fails with `InvalidInput` where a dataset is named
/// and nothing is known of it, and where several are called so.
Result<void> add_known_work(Environment& environment, const WorkChoice& choice,
                            const std::optional<std::string>& path, JobFile& job);

}  // namespace spotvane::cli
