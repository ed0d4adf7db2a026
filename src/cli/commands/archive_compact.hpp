#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// Merges the small files of finished days, and the days of finished months.
class ArchiveCompact final : public Command {
 public:
  std::string_view summary() const override {
    return "merge the files of each finished day, and of each finished month, into one";
  }
  std::string_view example() const override { return "spotvane archive compact"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<Day> before_ = {};
};

}  // namespace spotvane::cli
