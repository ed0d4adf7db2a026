#pragma once

#include "cli/document.hpp"
#include "market/collector.hpp"
#include "market/zone_names.hpp"
#include "model/market_row.hpp"
#include "model/plan.hpp"
#include "ports/state_store.hpp"

#include <utility>
#include <vector>

namespace spotvane::cli {

// How the market part's results look, wherever they are shown.

/// Columns of 1.5: region, instance_type, sps_changes, if_changes, score.
Table daily_score_table(const std::vector<model::DailyScore>& scores);

/// Columns of 1.5: instance_type, region, sps_cov, if_cov, score.
Table initial_score_table(const std::vector<model::InitialScore>& scores);

Table plan_table(const model::DayPlan& plan);

/// What one credential has of its quota, and what a plan asks of it.
struct CredentialShare {
  market::Quota quota;
  std::string account = {};  ///< empty: not known
  int planned = 0;           ///< configurations of the plan
  int to_open = 0;           ///< of these: would be new now
};

/// credential, account, limit, accepted, used, left, planned, to_open. No limit: not known yet.
Table credential_table(const std::vector<CredentialShare>& shares);

/// Configurations, how many of them are new, the bound they meet, the quota used and left.
std::vector<std::pair<std::string, Value>> plan_facts(const model::DayPlan& plan);

/// source, outcome, count: every outcome that came up.
Table outcome_table(const std::vector<OutcomeCount>& counts);

/// The archive's columns, as SQL knows them, the account's names of the zones, and whether spot
/// cost more than on-demand, where both prices are known.
Table market_change_table(const std::vector<model::MarketChange>& changes,
                          const market::ZoneNames& names);

/// The requests of a cycle that did not end well, and why.
Table failure_table(const std::vector<model::SourceOutcome>& outcomes);

/// How often each source ended how in one cycle.
std::vector<OutcomeCount> count_outcomes(const std::vector<model::SourceOutcome>& outcomes);

}  // namespace spotvane::cli
