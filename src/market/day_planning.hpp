#pragma once

#include "market/query_plan.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <cstdint>
#include <vector>

namespace spotvane::market {

/// What a day's plan is made from, beside what the stores know.
struct PlanRequest {
  Day day;
  TimePoint now;
  std::uint64_t seed = 0;  ///< of all draws; each day has one of its own, kept in its plan
  PlanOptions options = {};
  std::vector<model::CredentialName> credentials = {};  ///< at least one
  std::vector<OfferedPool> offered = {};
  std::vector<model::InstanceTypeFacts> facts = {};  ///< for TypeGrouping::Pool
};

/// Makes the plan of a day from yesterday's scores (worked out where they were not saved), the
/// initial scores and the ledger. Stores nothing: `StateStore::save_plan` does.
Result<model::DayPlan> make_day_plan(StateStore& state, Lake& lake, const PlanRequest& request);

/// The regional pools the archive knows at `moment`, each with the number of its zones; sorted.
Result<std::vector<OfferedPool>> offered_pools(StateStore& state, Lake& lake, TimePoint moment);

}  // namespace spotvane::market
