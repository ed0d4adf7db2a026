#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// With which AWS credentials the other commands work, where they come from and whom they ask.
/// Never a secret.
class ConfigCredentials final : public Command {
 public:
  std::string_view summary() const override {
    return "show which AWS credentials are used, and where they come from";
  }
  std::string_view example() const override {
    return "spotvane config credentials --profile prod --check";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  bool checks_ = false;
};

}  // namespace spotvane::cli
