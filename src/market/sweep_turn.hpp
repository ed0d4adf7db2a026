#pragma once

#include "market/quota.hpp"
#include "model/plan.hpp"

#include <vector>

namespace spotvane::market {

/// The capacities that a plan asks for, ascending.
std::vector<int> swept_capacities(const model::DayPlan& plan);

/// The capacity whose score is a pool's SPS: `wanted` where the plan asks for it, else the one the
/// plan puts first.
int score_capacity(const model::DayPlan& plan, int wanted);

/// What of a day's plan one cycle asks, and what waits for another one.
struct SweepTurn {
  std::vector<model::PlannedQuery> due;
  std::vector<model::PlannedQuery> waiting;
};

/// The queries of the capacity whose turn it is, in the plan's order.
///
/// What is not live of a credential whose limit nobody knows is due at once, at every capacity:
/// the limit ends up holding whole sweeps so, instead of many queries at one capacity.
SweepTurn take_turn(const model::DayPlan& plan, int capacity, const std::vector<Quota>& quotas);

}  // namespace spotvane::market
