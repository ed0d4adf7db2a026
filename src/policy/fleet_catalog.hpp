#pragma once

#include "base/result.hpp"
#include "policy/cloudpits.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::policy {

/// What is the same for every policy of a fleet, as far as it asks.
struct FleetPolicyOptions {
  double caution = 1;  ///< deviations taken off each throughput
  int patience = 1;
  Money volume = {};
  OnShortfall on_shortfall = {};
  FoundingDefects defects = {};
};

/// What a policy cannot do without.
enum class FleetNeed : std::uint8_t { Nothing, Budget, Deadline };

struct NamedFleetPolicy {
  std::string name;
  FleetNeed needs;
  std::unique_ptr<FleetPolicy> policy;
};

/// The names `fleet_policy_named` knows, in the order in which to list them.
std::vector<std::string> fleet_policy_names();

/// Fails with `InvalidInput`, naming the nearest name there is.
Result<NamedFleetPolicy> fleet_policy_named(std::string_view name,
                                            const FleetPolicyOptions& options);

}  // namespace spotvane::policy
