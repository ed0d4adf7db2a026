// How a cycle makes the day's plan and asks what is due of it.

#include "market/capacity_sweep.hpp"
#include "market/collection_cycle.hpp"
#include "market/day_planning.hpp"
#include "market/sweep_turn.hpp"

#include <algorithm>

namespace spotvane::market {

void CollectionCycle::make_plan() {
  PlanRequest request{.day = day(),
                      .now = ports_.clock.now(),
                      .seed = options_.seed,
                      .options = options_.plan,
                      .offered = memory_.picture.offered()};
  for (const auto& account : working_accounts()) {
    request.credentials.push_back(account.credential);
  }
  for (auto& [type, fact] : facts_) {
    request.facts.push_back(std::move(fact));
  }
  // Else a later cycle of the day makes it: what is missing now may be answered then.
  const bool can_group = options_.plan.types == TypeGrouping::Single || !request.facts.empty();
  if (!request.offered.empty() && !request.credentials.empty() && can_group) {
    auto saved =
        make_day_plan(ports_.state, ports_.lake, request).and_then([&](model::DayPlan made) {
          plan_ = std::move(made);
          return ports_.state.save_plan(plan_);
        });
    if (!saved) {
      end(tl::unexpected(std::move(saved.error())));
      return;
    }
    summary_.made_plan = true;
  }
  ask_scores();
}

/// The capacity whose turn it is: the one after the last cycle's. Each day's plan begins with the
/// capacity that SPS is of, lest pools new in it wait for their score.
int CollectionCycle::capacity_due(const std::vector<int>& sweep) const {
  const auto& last = memory_.sweep_turn;
  return last && last->day == plan_.day ? next_capacity(sweep, last->capacity)
                                        : score_capacity(plan_, options_.plan.target_capacity);
}

void CollectionCycle::ask_scores() {
  const auto sweep = swept_capacities(plan_);
  memory_.picture.set_sweep(sweep, score_capacity(plan_, options_.plan.target_capacity));
  turn_ = {.due = plan_.queries, .waiting = {}};
  if (sweep.size() > 1) {
    const auto quotas = load_quotas();
    if (!quotas) {
      end(tl::unexpected(quotas.error()));
      return;
    }
    const int capacity = capacity_due(sweep);
    turn_ = take_turn(plan_, capacity, *quotas);
    sources_read_.has_swept = true;
    summary_.capacity = capacity;
  }
  summary_.queries_planned = plan_.queries.size();
  summary_.queries_due = turn_.due.size();
  progress_.total += turn_.due.size();

  auto asked = turn_.due;
  std::erase_if(asked, [&](const auto& planned) { return denied_.contains(planned.credential); });
  round_ = std::make_shared<ScoreRound>(
      ScoreRound::Ports{ports_.clock, ports_.state, working_accounts()}, options_.concurrency);
  round_->run(
      asked, [this] { note_progress(); },
      [this](Result<ScoreRoundResult> result) {
        if (!result) {
          end(tl::unexpected(std::move(result.error())));
        } else {
          use_scores(std::move(*result));
        }
      });
}

Result<std::vector<Quota>> CollectionCycle::load_quotas() const {
  std::vector<Quota> quotas;
  for (const auto& account : ports_.accounts) {
    auto quota = load_quota(ports_.state, account.credential, ports_.clock.now());
    if (!quota) {
      return tl::unexpected(std::move(quota.error()));
    }
    quotas.push_back(std::move(*quota));
  }
  return quotas;
}

void CollectionCycle::use_scores(ScoreRoundResult result) {
  auto& picture = memory_.picture;
  for (auto& answer : result.answers) {
    if (answer.outcome == model::Outcome::Ok || answer.outcome == model::Outcome::NoScore) {
      picture.apply_scores(answer.query, answer.scores);
    }
  }
  for (auto& answer : result.answers) {
    if (answer.outcome != model::Outcome::Ok && answer.outcome != model::Outcome::NoScore) {
      picture.keep_scores(answer.query);
    }
    note_outcome("sps", configuration_key(answer.query), answer.outcome, std::move(answer.note));
  }
  for (const auto& planned : turn_.due) {
    if (const auto denied = denied_.find(planned.credential); denied != denied_.end()) {
      picture.keep_scores(planned.query);
      note_outcome("sps", configuration_key(planned.query), model::Outcome::Denied,
                   fmt::format("credential '{}': {}", denied->first, denied->second));
      note_progress();
    }
  }
  // What is live will be repeated when its turn comes; until then its answer stands.
  const auto will_be_asked = [&](const model::PlannedQuery& planned) {
    const auto quota =
        std::find_if(result.quotas.begin(), result.quotas.end(),
                     [&](const Quota& one) { return one.credential() == planned.credential; });
    return quota == result.quotas.end() ? denied_.contains(planned.credential)
                                        : quota->is_live(configuration_key(planned.query));
  };
  for (const auto& planned : turn_.waiting) {
    if (will_be_asked(planned)) {
      picture.keep_scores(planned.query);
    }
  }
  summary_.queries_held_back = result.held_back;
  summary_.quotas = std::move(result.quotas);
  store();
}

}  // namespace spotvane::market
