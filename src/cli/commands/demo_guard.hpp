#pragma once

#include "cli/command.hpp"
#include "cli/scene_report.hpp"

#include <optional>

namespace spotvane::cli {

/// The guard, whole: a cluster in the lab loses half of its hosts, and its services stay.
class DemoGuard final : public Command {
 public:
  std::string_view summary() const override {
    return "let an ECS cluster in the lab lose half of its spot hosts at once, guarded";
  }
  std::string_view example() const override { return "spotvane demo guard --hosts 12"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::uint64_t> seed_ = {};
  int hosts_ = 12;
};

}  // namespace spotvane::cli
