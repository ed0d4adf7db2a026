#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// The main job, whole: a simulated day of collection in the lab, its scores, tomorrow's plan, and
/// probes of its best pools.
class Demo final : public Command {
 public:
  std::string_view summary() const override {
    return "collect a simulated day in the lab, score it, plan the next, probe the best pools";
  }
  std::string_view example() const override { return "spotvane demo --seed 7"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::uint64_t> seed_ = {};
  int cycles_ = 144;
};

}  // namespace spotvane::cli
