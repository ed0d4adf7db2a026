#pragma once

#include "cli/command.hpp"
#include "cli/snapshot_input.hpp"

#include <string>

namespace spotvane::cli {

/// How much every pool moved over somebody's archive of snapshots.
class ScoreInitial final : public Command {
 public:
  std::string_view summary() const override {
    return "score the pools of a SpotLake archive by their variation";
  }
  std::string_view example() const override {
    return "spotvane score initial spot_dataset --exclude 'metal|large' --output csv";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  SnapshotInput input_;
  std::string include_ = {};
  std::string exclude_ = {};
  bool is_strict_ = false;
  int top_ = 20;
};

}  // namespace spotvane::cli
