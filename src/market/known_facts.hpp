#pragma once

#include "model/instance_type.hpp"
#include "ports/state_store.hpp"

#include <vector>

namespace spotvane::market {

/// Keeps what AWS last said of the instance types, so that a plan can be made without asking.
Result<void> save_facts(StateStore& state, const std::vector<model::InstanceTypeFacts>& facts);

/// What was kept, as far as planning needs it; empty where nothing was.
Result<std::vector<model::InstanceTypeFacts>> known_facts(StateStore& state);

}  // namespace spotvane::market
