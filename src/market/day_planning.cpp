#include "market/day_planning.hpp"

#include "base/random.hpp"
#include "market/daily_score.hpp"
#include "market/market_archive.hpp"
#include "market/score_round.hpp"

#include <map>

namespace spotvane::market {

namespace {

/// What lapses within this time after planning makes room in good time: a new query that finds no
/// room is held back until a later cycle of the day.
constexpr Duration kRoomAhead = std::chrono::minutes{30};

std::uint64_t seed_of_day(std::uint64_t seed, Day day) {
  Random random{seed ^ static_cast<std::uint64_t>(day.time_since_epoch().count())};
  return random.next();
}

Result<std::vector<model::DailyScore>> scores_of(StateStore& state, Lake& lake, Day day) {
  auto saved = state.daily_scores(day);
  return saved && saved->empty() ? score_day(state, lake, day) : saved;
}

}  // namespace

Result<model::DayPlan> make_day_plan(StateStore& state, Lake& lake, const PlanRequest& request) {
  PlanInput input{.day = request.day,
                  .seed = seed_of_day(request.seed, request.day),
                  .options = request.options,
                  .offered = request.offered,
                  .facts = request.facts};
  auto yesterday = scores_of(state, lake, request.day - std::chrono::days{1});
  if (!yesterday) {
    return tl::unexpected(std::move(yesterday.error()));
  }
  auto initial = state.initial_scores();
  if (!initial) {
    return tl::unexpected(std::move(initial.error()));
  }
  input.yesterday = std::move(*yesterday);
  input.initial = std::move(*initial);
  for (const auto& credential : request.credentials) {
    auto quota = load_quota(state, credential, request.now + kRoomAhead);
    if (!quota) {
      return tl::unexpected(std::move(quota.error()));
    }
    input.quotas.push_back(std::move(*quota));
  }
  return plan_day(input).map([&](model::DayPlan plan) {
    plan.seed = request.seed;  // the one to give for the same draw again
    return plan;
  });
}

Result<std::vector<OfferedPool>> offered_pools(StateStore& state, Lake& lake, TimePoint moment) {
  return market_at(state, lake, moment).map([](const std::vector<model::MarketChange>& rows) {
    std::map<model::RegionalPool, int> zones;
    for (const auto& row : rows) {
      zones[{row.pool.type, row.pool.region}] += row.pool.zone.empty() ? 0 : 1;
    }
    std::vector<OfferedPool> offered;
    for (const auto& [pool, count] : zones) {
      if (count > 0) {
        offered.push_back({pool, count});
      }
    }
    return offered;
  });
}

}  // namespace spotvane::market
