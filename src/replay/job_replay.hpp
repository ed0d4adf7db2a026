#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spotvane::replay {

/// The market one job meets: what was recorded, and what it costs.
struct RecordedMarket {
  struct Zone {
    std::span<const std::uint8_t> available;  ///< of each tick; all zones equally long
    Money spot_price;                         ///< of an hour
  };
  Duration gap;  ///< from one tick to the next
  std::vector<Zone> zones;
  Money on_demand_price;  ///< of an hour

  std::size_t ticks() const { return zones.front().available.size(); }
};

/// What became of one job.
struct Outcome {
  double cost_usd = 0;
  Duration on_demand = {};       ///< billed, in whole ticks
  Duration spot = {};            ///< billed, in whole ticks
  std::int64_t changeovers = 0;  ///< launches, the first among them
  bool is_late = false;          ///< the work was not done by the deadline, or by the market's end
};

/// Lets `policy` take `job` through the market from its first tick on.
///
/// One tick is one look, as in the simulator of "Can't Be Late" (NSDI'24): the past tick's work is
/// credited, then a spot instance whose zone has none now is lost, then the policy decides for the
/// tick that begins. Ticks are billed whole, change-overs too. A late job is stopped at its
/// deadline.
Outcome replay_job(const policy::Job& job, const RecordedMarket& market, policy::Policy& policy);

}  // namespace spotvane::replay
