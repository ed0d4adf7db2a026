#pragma once

#include "cli/command.hpp"

#include <optional>
#include <string>

namespace spotvane::cli {

/// How long spot instances took to come, by pool.
class ProbeShow final : public Command {
 public:
  std::string_view summary() const override {
    return "show how long instances took to be ready, by pool";
  }
  std::string_view example() const override {
    return "spotvane probe show m5.large@us-east-1 --svg ready.svg";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::string> pools_ = {};
  std::optional<TimePoint> from_ = {};
  std::optional<TimePoint> to_ = {};
  std::string what_ = "pools";
  std::optional<std::string> svg_ = {};
  int top_ = 40;
};

}  // namespace spotvane::cli
