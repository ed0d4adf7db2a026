#include "cli/market_tables.hpp"

#include "market/sweep_turn.hpp"

#include <algorithm>
#include <concepts>
#include <map>

namespace spotvane::cli {

namespace {

template <typename Name>
Words words(const std::vector<Name>& names) {
  Words texts;
  for (const auto& name : names) {
    texts.push_back(name.text());
  }
  return texts;
}

Value is_above_on_demand(const model::MarketState& state) {
  return state.spot_price && state.on_demand_price
             ? Value{*state.spot_price > *state.on_demand_price}
             : Value{};
}

}  // namespace

Table daily_score_table(const std::vector<model::DailyScore>& scores) {
  Table table{
      .name = "daily_scores",
      .columns = {{"region"}, {"instance_type"}, {"sps_changes"}, {"if_changes"}, {"score"}}};
  for (const auto& score : scores) {
    table.rows.push_back({score.pool.region.text(), score.pool.type.text(),
                          whole(score.sps_changes), whole(score.band_changes), score.score});
  }
  return table;
}

Table initial_score_table(const std::vector<model::InitialScore>& scores) {
  Table table{.name = "initial_scores",
              .columns = {{"instance_type"}, {"region"}, {"sps_cov"}, {"if_cov"}, {"score"}}};
  for (const auto& score : scores) {
    table.rows.push_back({score.pool.type.text(), score.pool.region.text(), score.sps_cov,
                          score.if_cov, score.score});
  }
  return table;
}

Table plan_table(const model::DayPlan& plan) {
  Table table{.name = "plan",
              .columns = {{"reason"},
                          {"instance_types"},
                          {"regions"},
                          {"target_capacity"},
                          {"value", 2},
                          {"is_new"},
                          {"credential"}}};
  for (const auto& planned : plan.queries) {
    table.rows.push_back({std::string{to_text(planned.reason)}, words(planned.query.types),
                          words(planned.query.regions), whole(planned.query.target_capacity),
                          planned.value, planned.is_new, planned.credential.text()});
  }
  return table;
}

Table credential_table(const std::vector<CredentialShare>& shares) {
  Table table{.name = "credentials",
              .columns = {{"credential"},
                          {"account"},
                          {"limit"},
                          {"accepted"},
                          {"used"},
                          {"left"},
                          {"planned"},
                          {"to_open"}}};
  for (const auto& [quota, account, planned, to_open] : shares) {
    const bool knows_limit = quota.limit() > 0;
    table.rows.push_back({quota.credential().text(), account.empty() ? Value{} : Value{account},
                          knows_limit ? whole(quota.limit()) : Value{},
                          whole(quota.learned().largest_accepted), whole(quota.live()),
                          knows_limit ? whole(quota.room()) : Value{}, whole(planned),
                          whole(to_open)});
  }
  return table;
}

std::vector<std::pair<std::string, Value>> plan_facts(const model::DayPlan& plan) {
  const auto fresh = std::count_if(plan.queries.begin(), plan.queries.end(),
                                   [](const model::PlannedQuery& query) { return query.is_new; });
  const bool knows_quota = plan.quota_known > 0;
  Words capacities;
  for (const int capacity : market::swept_capacities(plan)) {
    capacities.push_back(fmt::format("{}", capacity));
  }
  return {
      {"day", to_iso8601(plan.day)},
      {"capacities", std::move(capacities)},
      {"configurations", whole(plan.queries.size())},
      {"configurations_at_least", whole(plan.lower_bound)},
      {"new_configurations", whole(fresh)},
      {"quota", knows_quota ? whole(plan.quota_known) : Value{}},
      {"quota_used", whole(plan.quota_live + static_cast<int>(fresh))},
      {"quota_left",
       knows_quota ? whole(plan.quota_known - plan.quota_live - static_cast<int>(fresh)) : Value{}},
      {"seed", fmt::format("{}", plan.seed)}};
}

Table outcome_table(const std::vector<OutcomeCount>& counts) {
  Table table{.name = "outcomes", .columns = {{"source"}, {"outcome"}, {"count"}}};
  for (const auto& count : counts) {
    table.rows.push_back({count.source, std::string{to_text(count.outcome)}, whole(count.count)});
  }
  return table;
}

Table market_change_table(const std::vector<model::MarketChange>& changes,
                          const market::ZoneNames& names) {
  Table table{.name = "changes",
              .columns = {{"time"},
                          {"instance_type"},
                          {"region"},
                          {"az_id"},
                          {"az_name"},
                          {"sps"},
                          {"t2"},
                          {"t3"},
                          {"if_band"},
                          {"savings"},
                          {"spot_price"},
                          {"ondemand_price"},
                          {"above_ondemand"},
                          {"ceased"}}};
  const auto known = [](const auto& name) { return name.empty() ? Value{} : Value{name.text()}; };
  for (const auto& [at, pool, has_ceased, state] : changes) {
    table.rows.push_back({at, pool.type.text(), pool.region.text(), known(pool.zone),
                          known(names.name(pool.zone)), whole(state.sps), whole(state.t2),
                          whole(state.t3), whole(state.band), whole(state.savings),
                          price(state.spot_price), price(state.on_demand_price),
                          is_above_on_demand(state), has_ceased});
  }
  return table;
}

Table failure_table(const std::vector<model::SourceOutcome>& outcomes) {
  Table table{.name = "failures", .columns = {{"source"}, {"asked"}, {"outcome"}, {"note"}}};
  for (const auto& outcome : outcomes) {
    if (outcome.outcome != model::Outcome::Ok) {
      table.rows.push_back(
          {outcome.source, outcome.asked, std::string{to_text(outcome.outcome)}, outcome.note});
    }
  }
  return table;
}

std::vector<OutcomeCount> count_outcomes(const std::vector<model::SourceOutcome>& outcomes) {
  std::map<std::pair<std::string, model::Outcome>, std::uint64_t> counted;
  for (const auto& outcome : outcomes) {
    ++counted[{outcome.source, outcome.outcome}];
  }
  std::vector<OutcomeCount> counts;
  for (const auto& [key, count] : counted) {
    counts.push_back({key.first, key.second, count});
  }
  return counts;
}

}  // namespace spotvane::cli
