#include "cli/commands/plan.hpp"

#include "cli/market_session.hpp"
#include "cli/market_tables.hpp"
#include "market/day_planning.hpp"
#include "market/known_facts.hpp"

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

Result<ExitCode> Plan::run(Environment& environment) {
  auto home = environment.world.open_home(environment.settings.home, HomeUse::Shared);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto& lake = (*home)->lake();
  const auto now = latest_moment(environment, state);
  if (!now) {
    return tl::unexpected(now.error());
  }
  const auto day = day_.value_or(day_of(*now));
  auto planned = state.plan(day);
  if (!planned) {
    return tl::unexpected(planned.error());
  }
  if (!*planned || is_dry_run_ || remakes_) {
    auto offered = market::offered_pools(state, lake, *now);
    if (!offered) {
      return tl::unexpected(offered.error());
    }
    if (offered->empty()) {
      return tl::unexpected(Error{ErrorKind::NotFound,
                                  fmt::format("plan {}: no pools are known yet", to_iso8601(day)),
                                  "run `spotvane collect` once; it reads what AWS offers"});
    }
    auto facts = known_facts(environment.settings, state);
    if (!facts) {
      auto error = facts.error();
      return tl::unexpected(std::move(error).during(fmt::format("plan {}", to_iso8601(day))));
    }
    auto made = market::make_day_plan(state, lake,
                                      {.day = day,
                                       .now = std::max(*now, TimePoint{day}),
                                       .seed = seed_ ? *seed_ : environment.world.entropy(),
                                       .options = plan_options(environment.settings),
                                       .credentials = {credential_name(environment)},
                                       .offered = std::move(*offered),
                                       .facts = std::move(*facts)});
    if (!made) {
      auto error = made.error();
      return tl::unexpected(std::move(error).during(fmt::format("plan {}", to_iso8601(day))));
    }
    if (!is_dry_run_) {
      if (auto saved = state.save_plan(*made); !saved) {
        return tl::unexpected(saved.error());
      }
    }
    *planned = std::move(*made);
  }
  environment.show({.facts = plan_facts(**planned), .tables = {plan_table(**planned)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
