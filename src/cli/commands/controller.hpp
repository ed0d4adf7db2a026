#pragma once

#include "cli/command.hpp"
#include "guard/fleet_rule.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Drains hosts that spot takes back and has on-demand servers stand in, for as long as it runs.
class Controller final : public Command {
 public:
  std::string_view summary() const override {
    return "drain ECS hosts that are about to go, and fill the gap with on-demand servers";
  }
  std::string_view example() const override {
    return "spotvane controller --rules guard.toml --queue "
           "https://sqs.us-east-1.amazonaws.com/123456789012/spotvane-notices";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<guard::Rules> rules(Environment& environment) const;

  std::vector<std::string> queues_;
  std::vector<std::string> topics_;
  int sns_port_ = 8053;
  std::optional<std::string> rules_file_ = {};
  std::optional<Duration> review_every_ = std::chrono::minutes{1};
  bool is_lambda_ = false;
  bool is_dry_run_ = false;
  bool runs_until_empty_ = false;
};

/// Shows what controllers decided, and from what.
class ControllerLog final : public Command {
 public:
  std::string_view summary() const override { return "show what controllers decided, and why"; }
  std::string_view example() const override { return "spotvane controller log --limit 20"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  int limit_ = 50;
};

}  // namespace spotvane::cli
