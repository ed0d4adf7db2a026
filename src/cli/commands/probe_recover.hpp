#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// Ends everything that probes left in AWS.
class ProbeRecover final : public Command {
 public:
  std::string_view summary() const override {
    return "find and end whatever probes have left in AWS, in every region";
  }
  std::string_view example() const override { return "spotvane probe recover"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;
};

}  // namespace spotvane::cli
