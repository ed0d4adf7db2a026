#include "cli/commands/score_daily.hpp"

#include "cli/market_tables.hpp"
#include "market/daily_score.hpp"
#include "market/market_archive.hpp"

namespace spotvane::cli {

namespace {

/// Spares tomorrow's plan the work, where the home can be written.
Result<void> keep(Environment& environment, const Home& home, Day day,
                  const std::vector<model::DailyScore>& scores) {
  if (!home.is_writable()) {
    environment.console.say("note: the home is read-only: the scores are shown, but not kept");
    return {};
  }
  auto writable = environment.open_home(HomeUse::Shared);
  return writable ? (*writable)->state().save_daily_scores(day, scores)
                  : tl::unexpected(std::move(writable.error()));
}

}  // namespace

void ScoreDaily::declare(Flags& flags, Settings& /*settings*/) {
  flags.day("date", "the UTC day to score (default: that of the latest cycle)", day_);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

Result<ExitCode> ScoreDaily::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  const auto latest = market::has_rows(state, (*home)->lake()).and_then([&](bool /*any*/) {
    return state.latest_cycle();
  });
  if (!latest) {
    return tl::unexpected(latest.error());
  }
  if (!*latest) {
    return tl::unexpected(Error{ErrorKind::NotFound,
                                "score the day: nothing has been collected yet",
                                "run `spotvane collect --every 10m`"});
  }
  const auto day = day_.value_or(day_of(**latest));
  const auto scores = market::score_day(state, (*home)->lake(), day);
  if (!scores) {
    auto error = scores.error();
    return tl::unexpected(std::move(error).during(fmt::format("score {}", to_iso8601(day))));
  }
  if (scores->empty()) {
    return tl::unexpected(
        Error{ErrorKind::NotFound,
              fmt::format("score {}: nothing was collected that day", to_iso8601(day)),
              fmt::format("the latest cycle is of {}", to_iso8601(**latest))});
  }
  // The scores of a day still under way would be taken for the whole day's by tomorrow's plan.
  if (day < day_of(**latest)) {
    if (auto kept = keep(environment, **home, day, *scores); !kept) {
      return tl::unexpected(kept.error());
    }
  }
  environment.show({.facts = {}, .tables = {daily_score_table(*scores)}},
                   static_cast<std::size_t>(top_));
  return ExitCode::Done;
}

}  // namespace spotvane::cli
