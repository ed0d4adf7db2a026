#pragma once

#include "base/result.hpp"
#include "policy/policy.hpp"
#include "policy/spot_belief.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::policy {

/// Makes the policy that accompanies one more job. Several threads may call it at once.
using MakePolicy = std::function<std::unique_ptr<Policy>()>;

/// `best`, its prior given: what holds for spot before one has seen any of a zone.
MakePolicy best_by(const SpotHazards& prior);

/// The names `policy_named` knows, in the order in which to list them.
std::vector<std::string> policy_names();

/// Fails with `InvalidInput`, naming the nearest name there is.
Result<MakePolicy> policy_named(std::string_view name);

}  // namespace spotvane::policy
