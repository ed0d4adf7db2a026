#include "market/sweep_turn.hpp"

#include <algorithm>

namespace spotvane::market {

namespace {

bool opens_at_once(const model::PlannedQuery& planned, const std::vector<Quota>& quotas) {
  const auto quota = std::find_if(quotas.begin(), quotas.end(), [&](const Quota& one) {
    return one.credential() == planned.credential;
  });
  return quota != quotas.end() && quota->limit() == 0 &&
         !quota->is_live(configuration_key(planned.query));
}

}  // namespace

std::vector<int> swept_capacities(const model::DayPlan& plan) {
  std::vector<int> capacities;
  for (const auto& planned : plan.queries) {
    capacities.push_back(planned.query.target_capacity);
  }
  std::sort(capacities.begin(), capacities.end());
  capacities.erase(std::unique(capacities.begin(), capacities.end()), capacities.end());
  return capacities;
}

int score_capacity(const model::DayPlan& plan, int wanted) {
  const bool has_wanted =
      std::any_of(plan.queries.begin(), plan.queries.end(),
                  [&](const auto& planned) { return planned.query.target_capacity == wanted; });
  return has_wanted || plan.queries.empty() ? wanted : plan.queries.front().query.target_capacity;
}

SweepTurn take_turn(const model::DayPlan& plan, int capacity, const std::vector<Quota>& quotas) {
  SweepTurn turn;
  for (const auto& planned : plan.queries) {
    const bool is_due = planned.query.target_capacity == capacity || opens_at_once(planned, quotas);
    (is_due ? turn.due : turn.waiting).push_back(planned);
  }
  return turn;
}

}  // namespace spotvane::market
