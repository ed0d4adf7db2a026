#pragma once

#include "cli/command.hpp"
#include "cli/snapshot_input.hpp"

namespace spotvane::cli {

/// Makes other people's snapshots part of the home's own history.
class ArchiveImport final : public Command {
 public:
  std::string_view summary() const override {
    return "turn a SpotLake archive of snapshots into change rows of the home's archive";
  }
  std::string_view example() const override {
    return "spotvane archive import spot_dataset --month 2024-11 --home ~/spotlake";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  SnapshotInput input_;
  bool is_strict_ = false;
};

}  // namespace spotvane::cli
