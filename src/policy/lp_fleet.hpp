#pragma once

#include "policy/budget.hpp"

namespace spotvane::policy {

/// The fastest fleet that does the rest within the budget, solved anew in whole numbers at each
/// look. Mixing types, some dearer a task than the budget allows and some cheaper, it is at least
/// as fast as any fleet all of whose workers are worth their price.
class LpBudget final : public FleetPolicy {
 public:
  struct Options {
    double caution = 1;     ///< deviations taken off each throughput
    double reserve = 0.01;  ///< of what is left, kept for what goes wrong
    OnShortfall on_shortfall = {};
  };
  explicit LpBudget(Options options) : options_{options} {}

  FleetDecision decide(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory,
                       Duration now) const override;

 private:
  Options options_;
};

/// The cheapest fleet that does the rest by the deadline, solved anew in whole numbers at each
/// look, on-demand among what it may take. Where the next look would be too late for a full fleet
/// of on-demand to make it, that is launched at once: a deadline that on-demand can keep when the
/// job begins is kept, by workers that do `sure_share` of what was measured.
class LpDeadline final : public FleetPolicy {
 public:
  struct Options {
    double caution = 1;
    double sure_share = 0.9;
  };
  explicit LpDeadline(Options options) : options_{options} {}

  FleetDecision decide(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory,
                       Duration now) const override;

  /// What is surely done in `time` by on-demand workers launched at its beginning.
  double sure_tasks(const FleetJob& job, const FleetObservation& seen, Duration time) const;

 private:
  FleetDecision go_on_demand(const FleetJob& job, const FleetObservation& seen,
                             Duration left) const;

  Options options_;
};

}  // namespace spotvane::policy
