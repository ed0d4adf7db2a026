#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"

#include <string>

namespace spotvane::cli {

/// Starts an on-demand instance that runs a job, so that no laptop need stay awake.
class JobLaunchManager final : public Command {
 public:
  std::string_view summary() const override {
    return "start an on-demand instance that runs a job, and ends with it";
  }
  std::string_view example() const override { return "spotvane job launch-manager job.toml"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string path_;
};

}  // namespace spotvane::cli
