#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// How much every pool moved in a day.
class ScoreDaily final : public Command {
 public:
  std::string_view summary() const override {
    return "score a day's pools by how often they changed";
  }
  std::string_view example() const override {
    return "spotvane score daily --date 2026-08-01 --output csv";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<Day> day_ = {};
  int top_ = 20;
};

}  // namespace spotvane::cli
