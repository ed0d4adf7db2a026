#pragma once

#include "model/advisor.hpp"
#include "ports/state_store.hpp"

#include <optional>
#include <vector>

namespace spotvane::market {

/// Keeps what the Spot Advisor last said of the instance types.
Result<void> save_advised_types(StateStore& state, const std::vector<model::AdvisedType>& types);

/// What was kept; nothing where nothing ever was.
Result<std::optional<std::vector<model::AdvisedType>>> advised_types(StateStore& state);

}  // namespace spotvane::market
