#pragma once

#include "cli/job_prediction.hpp"
#include "cli/job_setup.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// What `job run` would take and cost, were it begun now.
class JobPredict final : public Command {
 public:
  std::string_view summary() const override {
    return "how long a job would take and what it would cost, were it run now";
  }
  std::string_view example() const override { return "spotvane job predict job.toml"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<job::JobSpec> settle(Environment& environment, Cloud& cloud, StateStore& state,
                              const JobFile& file, const std::string& text) const;
  Result<sim::SteadyMarket> market(Environment& environment, Cloud& cloud,
                                   const job::JobSpec& spec) const;

  std::string path_;
  std::string launch_time_ = "fitted";
  int runs_ = 10;
  std::optional<std::uint64_t> seed_ = {};
};

}  // namespace spotvane::cli
