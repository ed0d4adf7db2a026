#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// One collection cycle, or one after the other until it is stopped.
class Collect final : public Command {
 public:
  std::string_view summary() const override {
    return "collect scores, prices and interruption bands once, or every ten minutes";
  }
  std::string_view example() const override {
    return "spotvane collect --every 10m --regions us-east-1,eu-west-1";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<Duration> every_ = {};
  std::vector<std::string> regions_ = {};
  std::optional<std::uint64_t> seed_ = {};
};

}  // namespace spotvane::cli
