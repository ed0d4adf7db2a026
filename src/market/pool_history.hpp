#pragma once

#include "model/market_row.hpp"
#include "model/pool_choice.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <vector>

namespace spotvane::market {

/// The change rows of the chosen pools with `from` <= at < `to`, by time then pool; none where
/// nothing about them changed in that time.
///
/// Fails with `InvalidInput` where the archive knows no such pool, and suggests the type or place
/// that may have been meant; with `NotFound` where it holds nothing at all.
Result<std::vector<model::MarketChange>> pool_history(StateStore& state, Lake& lake,
                                                      const model::PoolChoice& pools,
                                                      TimePoint from, TimePoint to);

}  // namespace spotvane::market
