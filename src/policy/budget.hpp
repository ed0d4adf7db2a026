#pragma once

#include "policy/fleet_options.hpp"

#include <functional>

namespace spotvane::policy {

/// What is done where a budget is too small.
struct OnShortfall {
  enum class Act : std::uint8_t {
    Say,    ///< a job that has not begun stops; one that has goes on as cheaply as can be
    Raise,  ///< the budget is raised by so much at a time, as the founding program did
  };
  Act act = Act::Say;
  double raise_by = 0.10;
  std::optional<Money> most = {};  ///< to raise to
};

/// A budget as it now stands.
class Budget {
 public:
  /// `job` must have one.
  Budget(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory);

  double tasks_left() const { return tasks_left_; }
  double usd_left() const { return (total_ - spent_).dollars(); }
  double usd_total() const { return total_.dollars(); }

  /// Raises the budget once. False where that may not be.
  bool raise(const OnShortfall& on_shortfall);
  bool was_raised() const { return was_raised_; }

  /// What would do, and what this does, at the least cost of a task there is.
  Shortfall shortfall(const std::optional<Fleet>& cheapest) const;

 private:
  FleetMemory& memory_;
  double tasks_left_;
  Money spent_;
  Money total_;
  bool was_raised_ = false;
};

/// Finds a fleet of these that keeps the budget as it now stands.
using FindFleet = std::function<std::optional<Fleet>(std::span<const FleetOption> options,
                                                     const FleetObservation& seen)>;

/// The fleet that is found among `options`. Where none is, the budget is raised, where that may be,
/// until some fleet keeps it or nothing more would help. Pools that are closed for a while count as
/// open then: they are a reason to wait, not to pay more.
std::optional<Fleet> fleet_within(Budget& budget, const OnShortfall& on_shortfall,
                                  std::span<const FleetOption> options, const FleetJob& job,
                                  const FleetObservation& seen, double caution,
                                  const FindFleet& find);

/// What becomes of a job none of whose fleets keeps the budget: one that has begun goes on as
/// cheaply as can be; one that has not waits where pools are only closed for a while, and else
/// stops.
FleetDecision without_fleet(const Budget& budget, std::span<const FleetOption> options,
                            const FleetJob& job, const FleetObservation& seen, double caution);

}  // namespace spotvane::policy
