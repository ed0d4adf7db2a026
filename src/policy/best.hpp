#pragma once

#include "policy/policy.hpp"
#include "policy/slack_plan.hpp"
#include "policy/spot_belief.hpp"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace spotvane::policy {

/// Plans that have been worked out from one prior, for all jobs of a process. Several threads may
/// use it at once.
class PlanShelf {
 public:
  explicit PlanShelf(const SpotHazards& prior = kPriorHazards) : prior_{prior} {}

  const SpotHazards& prior() const { return prior_; }

  /// What a plan is for: prices, lengths, and factors on the prior, in whole grades.
  struct Key {
    std::array<double, 4> terms;  ///< step, change-over, spot price, on-demand price
    std::array<int, 5> sizes;     ///< work, slack; grades of preemption, recovery, refuge
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  std::shared_ptr<const SlackPlan> plan(const Key& key);

 private:
  SpotHazards prior_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<const SlackPlan>> plans_;
};

/// Our own: does what is expected to cost least, given how spot comes and goes by what this job has
/// been shown of it, and everywhere by its age.
class Best final : public Policy {
 public:
  explicit Best(std::shared_ptr<PlanShelf> shelf)
      : shelf_{std::move(shelf)}, anywhere_{shelf_->prior()} {}

  Decision decide(const Job& job, const Observation& seen, Duration now) override;

 private:
  void see(const Observation& seen);
  std::optional<Placement> best_spot(const Job& job, const Observation& seen) const;
  /// What is believed of the spot a job would go to, or of the outage where there is none.
  const SpotBelief& belief_of(std::optional<Placement> spot) const;
  const SlackPlan& plan_for(const Job& job, const Observation& seen, double step_hours,
                            std::optional<Placement> spot);
  int refuge_grade() const;

  std::shared_ptr<PlanShelf> shelf_;
  std::vector<SpotBelief> zones_ = {};
  SpotBelief anywhere_;  ///< whether any zone has spot
  double looks_ = 0;     ///< with spot somewhere
  double choices_ = 0;   ///< of these, with spot in several zones
  PlanShelf::Key key_ = {};
  std::shared_ptr<const SlackPlan> plan_ = {};
};

}  // namespace spotvane::policy
