#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// The past of one pool, or of one type's pools in a region.
class History final : public Command {
 public:
  std::string_view summary() const override { return "show every change of one pool"; }
  std::string_view example() const override {
    return "spotvane history m5.large@use1-az4 --from 2026-08-01";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string pools_;
  std::optional<TimePoint> from_ = {};
  std::optional<TimePoint> to_ = {};
};

}  // namespace spotvane::cli
