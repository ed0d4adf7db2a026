#pragma once

#include <array>
#include <cstddef>

namespace spotvane::policy {

/// Where the classes begin into which we put ages, of stretches with spot and of outages.
inline constexpr std::array kAgeHours{0.0, 0.17, 0.34, 0.67, 1.34, 2.7, 5.4, 10.8};
inline constexpr std::size_t kAges = kAgeHours.size();

std::size_t age_class(double hours);

/// How often an hour something ends that has lasted so long, by its age class.
using Hazards = std::array<double, kAges>;

struct SpotHazards {
  Hazards preemption;  ///< of a stretch with spot
  Hazards recovery;    ///< of an outage
};

/// What holds for spot anywhere, before one has seen any of a zone: what is old lasts.
/// docs/policies.md says where the numbers are from.
inline constexpr SpotHazards kPriorHazards{
    .preemption = {1.90, 1.45, 1.05, 0.70, 0.45, 0.28, 0.17, 0.09},
    .recovery = {1.90, 1.60, 1.25, 0.90, 0.50, 0.28, 0.15, 0.06},
};

/// How many events' worth the prior weighs against what was seen.
inline constexpr double kPriorEvents = 8;

/// What has been seen of one zone: how long things have been as they are, and how much more or less
/// often than anywhere they change here. What was seen long ago counts less.
class SpotBelief {
 public:
  /// `prior` must outlive it.
  explicit SpotBelief(const SpotHazards& prior = kPriorHazards) : prior_{&prior} {}

  /// To be told every look, which came `interval_hours` after the one before.
  void see(bool has_spot, double interval_hours);

  bool has_spot() const { return has_spot_; }
  double age_hours() const { return age_hours_; }

  /// How many times as often as the prior says stretches with spot end here.
  double preemption_factor() const { return factor(up_); }
  /// The same of outages.
  double recovery_factor() const { return factor(down_); }

  /// How often an hour a stretch with spot ends that is as old as this one, over its next two
  /// hours. To compare zones by: what was seen of each weighs more in it than in the factors.
  double hazard_ahead() const;

 private:
  struct Count {
    double events = 0;
    double expected = 0;  ///< by the prior
  };
  static double factor(const Count& count, double prior_events = kPriorEvents);

  const SpotHazards* prior_;
  bool is_first_ = true;
  bool has_spot_ = false;
  double age_hours_ = 0;
  Count up_ = {};
  Count down_ = {};
};

}  // namespace spotvane::policy
