#pragma once

#include "cli/command.hpp"
#include "market/latest_market.hpp"
#include "market/pool_view.hpp"
#include "market/zone_names.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Where to run: the pools of the latest cycle, best first, each term of the verdict shown.
class Pools final : public Command {
 public:
  std::string_view summary() const override {
    return "rank the pools there are by their availability";
  }
  std::string_view example() const override {
    return "spotvane pools --type '^[cm][67]' --region us-east-1,eu-west-1 --min-vcpu 4 "
           "--max-price 0.2";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  /// What there is to choose from.
  struct Known {
    std::optional<TimePoint> cycle;  ///< none of an advisor's file
    std::vector<model::PoolState> pools;
    std::vector<model::AdvisedType> types;
    market::ZoneNames names;
    market::OwnOutcomesByPool own;
  };

  Result<Known> read_home(Environment& environment) const;
  Result<Known> read_advisor_file(Environment& environment) const;
  Result<market::PoolQuestion> question(const Known& known, OutputFormat format) const;

  market::PoolQuestion asked_;
  std::vector<std::string> regions_;
  std::vector<std::string> zones_;
  std::optional<double> max_price_ = {};
  std::string sort_ = "availability";
  std::optional<std::string> order_ = {};
  std::optional<int> top_ = {};
  std::optional<std::string> advisor_file_ = {};
  std::string os_ = "linux";
};

}  // namespace spotvane::cli
