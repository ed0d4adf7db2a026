#pragma once

#include "cli/fleet_inputs.hpp"
#include "cli/known_work.hpp"
#include "replay/fleet_study.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Takes one job of many tasks through a market's prices, policy by policy, many times.
class Simulate final : public Command {
 public:
  std::string_view summary() const override {
    return "what a fleet's job costs by each policy, over a log of prices, many times";
  }
  std::string_view example() const override {
    return "spotvane simulate job.toml --prices prices.tsv --budget 5,10,20 --seed 7 --runs 1000";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  void declare_market(Flags& flags);
  void declare_cloud(Flags& flags);
  Result<JobFile> job_file(Environment& environment) const;
  Result<replay::FleetStudy> study(Environment& environment) const;
  Result<void> add_policies(const JobFile& job, replay::FleetStudy& study) const;
  Result<void> add_market(Environment& environment, const JobFile& job,
                          replay::FleetStudy& study) const;
  Result<void> add_availability(Environment& environment, replay::FleetStudy& study) const;
  Result<policy::FoundingDefects> defects() const;

  std::optional<std::string> job_ = {};
  std::optional<double> tasks_ = {};
  std::optional<int> nodes_ = {};
  std::vector<std::string> budgets_ = {};
  std::optional<Duration> deadline_ = {};
  std::optional<Duration> interval_ = {};
  std::vector<std::string> policies_ = {};
  std::optional<std::string> performance_ = {};
  std::string rate_column_ = "tasks_per_second";
  WorkChoice work_ = {};
  MarketSources sources_ = {};
  std::optional<std::uint64_t> lab_seed_ = {};
  std::optional<std::string> on_demand_ = {};
  std::optional<std::string> availability_ = {};
  std::string ones_ = "available";
  std::string launch_time_ = "fitted";
  double failed_launches_ = 0;
  double losses_per_hour_ = 0;
  double noise_ = 0.1;
  std::optional<double> bid_ = {};
  std::vector<std::string> defects_ = {};
  std::optional<std::uint64_t> seed_ = {};
  int runs_ = 100;
  std::optional<TimePoint> start_ = {};
  int threads_ = 0;
  std::optional<std::string> svg_ = {};
};

}  // namespace spotvane::cli
