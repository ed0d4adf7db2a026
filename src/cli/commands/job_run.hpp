#pragma once

#include "cli/command.hpp"
#include "cli/job_session.hpp"

#include <optional>
#include <string>

namespace spotvane::cli {

/// Runs a job of many tasks on a fleet that follows the spot market, to its end.
class JobRunCommand final : public Command {
 public:
  std::string_view summary() const override {
    return "run a job of many independent tasks on the instances that do most work per dollar";
  }
  std::string_view example() const override {
    return "spotvane job run examples/pi.toml --output json";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string path_;
  bool calibrates_ = false;
  double manager_price_ = 0;
  bool is_stepping_ = false;
  std::optional<std::string> pits_home_ = {};
};

/// Shows jobs as they are kept.
class JobStatus final : public Command {
 public:
  std::string_view summary() const override { return "show a job, or all there were"; }
  std::string_view example() const override { return "spotvane job status pi"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::string> job_ = {};
  int decisions_ = 20;
};

/// Ends a job for good, whoever runs it, or nobody.
class JobStop final : public Command {
 public:
  std::string_view summary() const override { return "end a job and its workers for good"; }
  std::string_view example() const override { return "spotvane job stop pi"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string job_;
};

}  // namespace spotvane::cli
