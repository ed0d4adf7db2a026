#pragma once

#include "policy/spot_belief.hpp"

#include <cstdint>
#include <vector>

namespace spotvane::policy {

/// What to do at least expected cost, for every amount of work left and of time to spare, were spot
/// to come and go by the same hazards to the end.
///
/// Found by dynamic programming in steps of equal length. Work and slack are counted in such steps.
class SlackPlan {
 public:
  struct Terms {
    double step_hours;
    int work;                ///< the most there is to plan for
    int slack;               ///< the most there is to plan for; more is treated like so much
    double changeover;       ///< in steps
    double spot_price;       ///< of a step
    double on_demand_price;  ///< of a step
    SpotHazards hazards;
    double refuge = 0;  ///< how likely another zone has spot where one's own is taken away
  };

  enum class Move : std::uint8_t { Wait, Spot, OnDemand };

  struct Situation {
    double work;   ///< left
    double slack;  ///< time to spare beyond the work that is left and one more change-over
    bool has_spot;
    std::size_t age;  ///< class of it, of the spot or of the outage
    bool is_on_demand;
    double changeover_left;  ///< of the on-demand instance
  };

  explicit SlackPlan(const Terms& terms);

  /// For a job that is not on spot; one that is stays there.
  Move move(const Situation& situation) const;

 private:
  friend class SlackPlanSolver;

  /// From so much slack on, up to the next.
  struct Threshold {
    std::uint16_t slack;
    Move move;
  };

  int work_;
  int slack_;
  std::size_t launch_steps_;                ///< whole ones
  std::vector<Threshold> thresholds_ = {};  ///< by work, then by kind of situation, then by slack
  std::vector<std::uint32_t> first_ = {};   ///< of each work and kind, and one more
};

}  // namespace spotvane::policy
