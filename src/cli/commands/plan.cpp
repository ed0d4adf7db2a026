#include "cli/commands/plan.hpp"

#include "cli/market_session.hpp"
#include "cli/market_tables.hpp"
#include "market/day_planning.hpp"
#include "market/known_facts.hpp"
#include "market/ledger_names.hpp"
#include "market/market_archive.hpp"
#include "market/score_round.hpp"
#include "market/sweep_turn.hpp"

#include <algorithm>

namespace spotvane::cli {

namespace {

/// The market's latest moment that we know of: the last cycle, in a lab long before or after today.
Result<TimePoint> latest_moment(Environment& environment, StateStore& state) {
  return state.latest_cycle().map([&](std::optional<TimePoint> cycle) {
    return cycle ? *cycle : environment.world.wall_clock().now();
  });
}

/// What tells interchangeable types, where queries are to ask of several at once.
Result<std::vector<model::InstanceTypeFacts>> known_facts(const Settings& settings,
                                                          StateStore& state) {
  if (settings.sps_types != "pool") {
    return std::vector<model::InstanceTypeFacts>{};
  }
  return market::known_facts(state).and_then([](std::vector<model::InstanceTypeFacts> facts)
                                                 -> Result<std::vector<model::InstanceTypeFacts>> {
    if (facts.empty()) {
      return tl::unexpected(
          Error{ErrorKind::NotFound,
                "'sps.types' is 'pool', and nothing is known of the instance types yet",
                "run `spotvane collect` once with that setting; it reads what AWS says"});
    }
    return facts;
  });
}

/// The credentials in use and those of the plan, and how their quotas stand at `now`.
Result<std::vector<CredentialShare>> credential_shares(Environment& environment, StateStore& state,
                                                       const model::DayPlan& plan, TimePoint now) {
  auto ledgers = chosen_ledgers(environment, state);
  const auto names = market::LedgerNames::load(state);
  if (!ledgers || !names) {
    return tl::unexpected(!ledgers ? ledgers.error() : names.error());
  }
  for (const auto& planned : plan.queries) {
    if (std::find(ledgers->begin(), ledgers->end(), planned.credential) == ledgers->end()) {
      ledgers->push_back(planned.credential);
    }
  }
  std::vector<CredentialShare> shares;
  for (const auto& ledger : *ledgers) {
    auto quota = market::load_quota(state, ledger, now);
    if (!quota) {
      return tl::unexpected(quota.error());
    }
    CredentialShare share{.quota = std::move(*quota), .account = names->account_of(ledger)};
    for (const auto& planned : plan.queries) {
      if (planned.credential == ledger) {
        ++share.planned;
        share.to_open += share.quota.is_live(configuration_key(planned.query)) ? 0 : 1;
      }
    }
    shares.push_back(std::move(share));
  }
  return shares;
}

}  // namespace

void Plan::declare(Flags& flags, Settings& settings) {
  flags.day("date", "the UTC day to plan (default: that of the latest cycle)", day_);
  flags.toggle("dry-run", "make a plan anew and show it, but keep what was planned", is_dry_run_);
  flags.toggle("remake", "make the day's plan anew and keep it", remakes_);
  flags.seed("seed", "of the random draw", seed_);
  flags.number("top-k", "N", "pools of yesterday's highest daily scores to ask again",
               settings.top_k, 0, 100'000);
  flags.number("sample-count", "N", "pools to draw at random", settings.sample_count, 0, 100'000);
  flags.number("target-capacity", "N", "the capacity to ask scores for", settings.target_capacity,
               1, 2'000'000'000);
}

Result<model::DayPlan> Plan::make(Environment& environment, Home& home, Day day,
                                  TimePoint now) const {
  const auto options = plan_options(environment.settings);
  if (!options) {
    return tl::unexpected(options.error());
  }
  auto& state = home.state();
  auto& lake = home.lake();
  auto offered = market::offered_pools(state, lake, now);
  if (!offered) {
    return tl::unexpected(offered.error());
  }
  if (offered->empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound, "no pools are known yet",
                                "run `spotvane collect` once; it reads what AWS offers"});
  }
  auto facts = known_facts(environment.settings, state);
  if (!facts) {
    return tl::unexpected(facts.error());
  }
  auto ledgers = chosen_ledgers(environment, state);
  if (!ledgers) {
    return tl::unexpected(ledgers.error());
  }
  return market::make_day_plan(state, lake,
                               {.day = day,
                                .now = std::max(now, TimePoint{day}),
                                .seed = seed_ ? *seed_ : environment.world.entropy(),
                                .options = *options,
                                .credentials = std::move(*ledgers),
                                .offered = std::move(*offered),
                                .facts = std::move(*facts)});
}

Result<model::DayPlan> Plan::make_and_keep(Environment& environment, Day day, TimePoint now) const {
  auto home = environment.open_home(HomeUse::Shared);
  if (!home) {
    home.error().hint += "; `--dry-run` makes a plan without keeping it";
    return tl::unexpected(std::move(home.error()));
  }
  return make(environment, **home, day, now).and_then([&](model::DayPlan plan) {
    return (*home)->state().save_plan(plan).map([&] { return std::move(plan); });
  });
}

Result<ExitCode> Plan::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  const auto now = market::has_rows(state, (*home)->lake()).and_then([&](bool /*any*/) {
    return latest_moment(environment, state);
  });
  if (!now) {
    return tl::unexpected(now.error());
  }
  const auto day = day_.value_or(day_of(*now));
  auto kept = state.plan(day);
  if (!kept) {
    return tl::unexpected(kept.error());
  }
  const bool shows_kept = *kept && !is_dry_run_ && !remakes_;
  auto plan = shows_kept    ? Result<model::DayPlan>{std::move(**kept)}
              : is_dry_run_ ? make(environment, **home, day, *now)
                            : make_and_keep(environment, day, *now);
  if (!plan) {
    return tl::unexpected(std::move(plan.error()).during(fmt::format("plan {}", to_iso8601(day))));
  }
  const auto shares = credential_shares(environment, state, *plan, *now);
  if (!shares) {
    return tl::unexpected(shares.error());
  }
  environment.show(
      {.facts = plan_facts(*plan), .tables = {plan_table(*plan), credential_table(*shares)}});
  say_what_is_not_swept(environment, market::swept_capacities(*plan).size() > 1);
  return ExitCode::Done;
}

}  // namespace spotvane::cli
