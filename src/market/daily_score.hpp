#pragma once

#include "model/market_row.hpp"
#include "model/plan.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <span>
#include <vector>

namespace spotvane::market {

/// How much each regional pool moved in a day: `sps changes / 3 + band changes / 5`.
///
/// A change is a value that differs from the one before it; the day's first value counts as one
/// unless it is missing. A pool's placement score is its regional query's, else the best of its
/// zones'; a missing one is skipped. A missing band is a value of its own. `carried` are the rows
/// in force when the day began, `changes` the day's, by time; `cycles` when the day was looked at,
/// ascending: without any there are no scores. Sorted by score, descending, then region, then type.
std::vector<model::DailyScore> daily_scores(std::span<const model::MarketChange> carried,
                                            std::span<const model::MarketChange> changes,
                                            std::span<const TimePoint> cycles);

/// The scores of a day as far as it has been collected. Stores nothing.
Result<std::vector<model::DailyScore>> score_day(StateStore& state, Lake& lake, Day day);

}  // namespace spotvane::market
