#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// The placement score plan of a day.
class Plan final : public Command {
 public:
  std::string_view summary() const override {
    return "show or make a day's plan of placement score queries";
  }
  std::string_view example() const override { return "spotvane plan --date 2026-08-02 --dry-run"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<model::DayPlan> make(Environment& environment, Home& home, Day day, TimePoint now) const;
  Result<model::DayPlan> make_and_keep(Environment& environment, Day day, TimePoint now) const;

  std::optional<Day> day_ = {};
  std::optional<std::uint64_t> seed_ = {};
  bool is_dry_run_ = false;
  bool remakes_ = false;
};

}  // namespace spotvane::cli
