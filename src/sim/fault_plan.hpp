#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

namespace spotvane::sim {

/// How badly a simulated cloud behaves: probabilities for each request.
struct FaultPlan {
  double throttle = 0.0;
  double server_error = 0.0;
  double lose_reply = 0.0;  ///< what was asked took effect, but the caller never hears
  Duration latency_max{0};
  Duration reply_timeout = std::chrono::seconds{60};
  bool shifts_zone_names = false;  ///< zones have their neighbours' names, as in another account
  bool omits_zone_ids = false;     ///< of spot prices, as older endpoints do

  /// Draws the plan itself, so that rare mixtures of faults occur.
  static FaultPlan swarm(Random& random) {
    const auto maybe = [&](double most) { return random.chance(0.5) ? most * random.unit() : 0.0; };
    FaultPlan plan;
    plan.throttle = maybe(0.4);
    plan.server_error = maybe(0.3);
    plan.lose_reply = maybe(0.3);
    plan.latency_max = Duration{static_cast<Duration::rep>(random.below(5'000))};
    plan.omits_zone_ids = random.chance(0.5);
    return plan;
  }
};

}  // namespace spotvane::sim
