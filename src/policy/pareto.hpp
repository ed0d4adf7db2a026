#pragma once

#include "policy/fleet.hpp"

#include <span>
#include <string>
#include <vector>

namespace spotvane::policy {

/// Workers of one type, and what they and the manager cost.
struct FleetChoice {
  std::string type;
  std::string zone;
  Throughput rate;
  Money worker_price;  ///< of an hour, its volume included
};

/// What a job would take with so many of them.
struct FleetEstimate {
  std::size_t choice;  ///< which of those given
  int nodes;
  double hours;
  double usd;
  bool is_dominated = false;  ///< another is at most as slow and as dear, and less of one
};

/// Each choice with each number of nodes: n workers do n times as much as one, less `scaling
/// penalty` for each but the first.
std::vector<FleetEstimate> estimates(std::span<const FleetChoice> choices,
                                     std::span<const int> nodes, double tasks,
                                     double scaling_penalty, Money manager_price,
                                     double manager_rate);

}  // namespace spotvane::policy
