#pragma once

#include "cli/command.hpp"
#include "cli/probe_session.hpp"
#include "model/pool_choice.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Launches spot instances, measures how long they take to be ready, and ends them.
class ProbeRunCommand final : public Command {
 public:
  std::string_view summary() const override {
    return "launch spot instances, time them until they are ready, and end them";
  }
  std::string_view example() const override {
    return "spotvane probe run m5.large@us-east-1 c6g.xlarge@euw1-az2 --count 5 --timeout 10m";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<std::vector<model::PoolChoice>> chosen_pools(ProbeSession& session,
                                                      const Settings& settings) const;
  Result<std::vector<model::ProbePlan>> plans(Environment& environment, ProbeSession& session);
  /// Begins all that the limits allow. Fails where that is not even the first.
  static Result<std::vector<model::ProbePlan>> begin(Environment& environment,
                                                     ProbeSession& session,
                                                     const std::vector<model::ProbePlan>& plans);
  Result<ExitCode> report(Environment& environment, ProbeSession& session,
                          const std::vector<model::ProbePlan>& plans, bool is_finished) const;

  std::vector<std::string> pools_;
  int count_ = 10;
  std::optional<Duration> timeout_ = std::chrono::minutes{10};
  std::optional<Duration> interval_ = std::chrono::seconds{3};
  std::string via_ = "spot-request";
  std::optional<double> max_price_ = {};
  std::optional<std::string> csv_ = {};
  bool only_shows_cost_ = false;
};

}  // namespace spotvane::cli
