#pragma once

#include "cli/command.hpp"

#include <chrono>

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
  std::string root_;
  std::optional<std::chrono::year_month> month_ = {};
  int threads_ = 0;
};

}  // namespace spotvane::cli
