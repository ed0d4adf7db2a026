#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// The main job, whole: a simulated day of collection in the lab, its scores, tomorrow's plan,
/// probes of its best pools, and a job of many tasks on spot.
class Demo final : public Command {
 public:
  std::string_view summary() const override {
    return "collect a simulated day in the lab, score it, probe the best pools, run a job on spot";
  }
  std::string_view example() const override { return "spotvane demo --seed 7"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::uint64_t> seed_ = {};
  int cycles_ = 144;
};

}  // namespace spotvane::cli
