#pragma once

#include "cli/fleet_inputs.hpp"
#include "cli/known_work.hpp"
#include "policy/pareto.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// What a job would take and cost by type and number of workers.
class JobPareto final : public Command {
 public:
  std::string_view summary() const override {
    return "how long a job takes and what it costs by type and fleet size, and what is dominated";
  }
  std::string_view example() const override {
    return "spotvane job pareto job.toml --performance perf.csv --prices prices.tsv --nodes 1,5,20";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<JobFile> job_file(Environment& environment) const;
  Result<std::vector<policy::FleetChoice>> choices(Environment& environment,
                                                   const JobFile& job) const;
  Result<std::vector<int>> fleet_sizes(const JobFile& job) const;
  std::string svg(const std::vector<policy::FleetChoice>& choices,
                  const std::vector<policy::FleetEstimate>& all) const;

  std::optional<std::string> job_ = {};
  std::optional<double> tasks_ = {};
  std::vector<std::string> nodes_ = {};
  std::optional<std::string> performance_ = {};
  std::string rate_column_ = "tasks_per_second";
  WorkChoice work_ = {};
  MarketSources sources_ = {};
  std::optional<TimePoint> at_ = {};
  bool only_best_ = false;
  std::optional<std::string> svg_ = {};
};

}  // namespace spotvane::cli
