#pragma once

#include "market/pool_view.hpp"
#include "market/zone_names.hpp"
#include "ports/state_store.hpp"

#include <span>

namespace spotvane::cli {

/// How long an outcome tells of a pool: the market of last week is another one.
inline constexpr Duration kOutcomesCount = std::chrono::days{3};

/// What this home's probes and jobs saw of `pools` in the last days until `now`: capacity asked for
/// and given, instances that ran and were taken back. What was asked of a whole region counts for
/// each zone of the type there. Fails as the store does.
Result<market::OwnOutcomesByPool> own_outcomes(StateStore& state,
                                               std::span<const model::PoolState> pools,
                                               const market::ZoneNames& names, TimePoint now);

}  // namespace spotvane::cli
