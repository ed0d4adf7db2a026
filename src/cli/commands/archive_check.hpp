#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// Reads the whole archive, and gives up what is damaged where told so.
class ArchiveCheckCommand final : public Command {
 public:
  std::string_view summary() const override {
    return "compare every file of the archive with its checksum";
  }
  std::string_view example() const override { return "spotvane archive check"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  bool forgets_damaged_ = false;
};

}  // namespace spotvane::cli
