#pragma once

#include "base/random.hpp"
#include "policy/cloudpits.hpp"
#include "replay/fleet_market.hpp"

#include <span>

namespace spotvane::replay {

/// How a simulated cloud and its workers behave.
struct FleetWorld {
  Duration interval = std::chrono::minutes{5};   ///< from look to look
  double failed_launches = 0;                    ///< the share of launches that fail
  double losses_per_hour = 0;                    ///< how often an hour a spot worker is taken away
  double noise = 0.1;                            ///< throughput is off by up to so much, each way
  std::optional<double> bid = {};                ///< as a multiple of the price at the launch
  std::vector<Duration> launch_times = {};       ///< to draw from: from the request to running
  Duration startup = {};                         ///< from running to the first task
  Duration back_off = std::chrono::minutes{10};  ///< of a pool that failed; doubled each time
  Money volume = {};                             ///< of each worker's hour
  Money manager_price = {};                      ///< of its hour, its volume included
  double manager_rate = 0;                       ///< tasks a second it does itself
  policy::FoundingDefects defects = {};
};

/// What became of a fleet's job.
struct FleetOutcome {
  double cost_usd = 0;
  double workers_usd = 0;  ///< of this, on workers
  Duration time = {};      ///< until it was done, or stopped
  double tasks = 0;        ///< done
  bool is_done = false;
  bool is_late = false;  ///< not done by its deadline
  std::int64_t launches = 0;
  std::int64_t failed_launches = 0;
  std::int64_t interruptions = 0;
  std::int64_t looks = 0;
  std::optional<Money> raised_to = {};
  std::optional<policy::Shortfall> shortfall = {};  ///< the first
};

/// Lets `policy` take `job` through the market from `start` on, until it is done or stopped or
/// nothing more is known of the market.
///
/// At each look the policy decides; until the next, each worker does its tasks from when it is
/// ready until it is lost, and costs from its launch on by the second, at the prices of the log. A
/// spot worker is lost where its pool's price rises above its bid or its room shrinks, and at
/// random. The same seed makes the same course.
FleetOutcome replay_fleet(const policy::FleetJob& job, const FleetMarket& market,
                          const FleetWorld& world, const policy::FleetPolicy& policy,
                          TimePoint start, Random random);

/// No course through the market from `start` on costs less that is over after `time`: each task at
/// the least it could cost in any of its hours, those that cost least filled first. (The noise of
/// throughput, which evens out, is left out of the account.)
double least_cost(const policy::FleetJob& job, const FleetMarket& market, const FleetWorld& world,
                  TimePoint start, Duration time);

}  // namespace spotvane::replay
