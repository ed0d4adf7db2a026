#pragma once

#include "cli/command.hpp"
#include "replay/study.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Takes one job through recorded availability, policy by policy.
class SimulateTrace final : public Command {
 public:
  std::string_view summary() const override {
    return "what one job costs by each policy where availability was recorded";
  }
  std::string_view example() const override {
    return "spotvane simulate trace us-west-2a_v100_1.json --policy greedy --policy "
           "uniform-progress --policy oracle --work 48h --deadline 64h --overhead 0.2h "
           "--spot-price 0.9731 --on-demand-price 3.06";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<replay::Study> study(Environment& environment) const;
  replay::TraceConvention convention() const;

  std::string path_;
  std::vector<std::string> policies_ = {};
  std::optional<Duration> work_ = {};
  std::vector<std::string> deadlines_ = {};
  std::vector<std::string> overheads_ = {"0s"};
  std::optional<double> spot_price_ = {};
  std::optional<double> on_demand_price_ = {};
  std::optional<std::string> windows_ = {};
  std::string ones_ = "available";
  int nodes_ = 1;
  bool is_multi_zone_ = false;
  bool leaves_zone_out_ = false;
  int threads_ = 0;
};

}  // namespace spotvane::cli
