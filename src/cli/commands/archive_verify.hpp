#pragma once

#include "cli/command.hpp"
#include "cli/snapshot_input.hpp"

namespace spotvane::cli {

/// Compares imported history with the snapshots it was made from.
class ArchiveVerify final : public Command {
 public:
  std::string_view summary() const override {
    return "compare the home's archive with the snapshots it was imported from";
  }
  std::string_view example() const override {
    return "spotvane archive verify spot_dataset --month 2024-11 --home ~/spotlake";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  SnapshotInput input_;
};

}  // namespace spotvane::cli
