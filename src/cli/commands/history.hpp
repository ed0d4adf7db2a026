#pragma once

#include "cli/command.hpp"
#include "market/zone_names.hpp"
#include "model/market_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// The past of one pool, or of one type's pools in a region.
class History final : public Command {
 public:
  std::string_view summary() const override { return "show every change of one pool"; }
  std::string_view example() const override {
    return "spotvane history m5.large@us-east-1 --from 2026-08-01 --svg m5.large.svg";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  /// What the home knows of the pools, and since when until when.
  struct Past {
    std::vector<model::MarketChange>
        changes;  ///< of the time asked for; of a picture, before it too
    market::ZoneNames names;
    TimePoint until;  ///< the latest cycle's time
  };

  Result<Past> read(Environment& environment) const;
  Result<void> draw(Environment& environment, const Past& past) const;

  std::string pools_;
  std::optional<TimePoint> from_ = {};
  std::optional<TimePoint> to_ = {};
  std::optional<std::string> svg_ = {};
};

}  // namespace spotvane::cli
