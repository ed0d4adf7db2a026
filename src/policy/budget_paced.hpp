#pragma once

#include "policy/budget.hpp"

namespace spotvane::policy {

/// Uniform progress turned to budgets. While the share of the work that is done is at least the
/// share of the budget that is spent, the fastest fleet runs, as long as the rest could then still
/// be done by the cheapest; behind that line only workers that do as many tasks a dollar as the
/// rest of the budget asks for. What is ahead of the line must be so by the price of two launches
/// of the fleet before it counts as ahead again.
class BudgetPaced final : public FleetPolicy {
 public:
  struct Options {
    double caution = 1;
    OnShortfall on_shortfall = {};
  };
  explicit BudgetPaced(Options options) : options_{options} {}

  FleetDecision decide(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory,
                       Duration now) const override;

 private:
  std::optional<Fleet> ahead(const FleetJob& job, const FleetObservation& seen,
                             const Budget& budget, std::span<const FleetOption> options) const;
  Options options_;
};

/// As many workers of one kind of pool as may be, those whose tasks cost least: what the others are
/// measured against.
class CheapestFleet final : public FleetPolicy {
 public:
  enum class From : std::uint8_t { Spot, OnDemand };
  explicit CheapestFleet(From from) : from_{from} {}

  FleetDecision decide(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory,
                       Duration now) const override;

 private:
  From from_;
};

}  // namespace spotvane::policy
