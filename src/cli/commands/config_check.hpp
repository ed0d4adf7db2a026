#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// Every mistake in the configuration at once, and what the settings are.
class ConfigCheck final : public Command {
 public:
  std::string_view summary() const override {
    return "check the configuration, every mistake at once";
  }
  std::string_view example() const override {
    return "spotvane config check --config spotvane.toml";
  }
  void declare(Flags& /*flags*/, Settings& /*settings*/) override {}
  Result<ExitCode> run(Environment& environment) override;
  bool bears_mistakes() const override { return true; }
};

}  // namespace spotvane::cli
