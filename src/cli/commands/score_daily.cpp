#include "cli/commands/score_daily.hpp"

#include "cli/market_tables.hpp"
#include "market/daily_score.hpp"

namespace spotvane::cli {

void ScoreDaily::declare(Flags& flags, Settings& /*settings*/) {
  flags.day("date", "the UTC day to score (default: that of the latest cycle)", day_);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

Result<ExitCode> ScoreDaily::run(Environment& environment) {
  auto home = environment.world.open_home(environment.settings.home, HomeUse::Shared);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  const auto latest = state.latest_cycle();
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
    if (auto saved = state.save_daily_scores(day, *scores); !saved) {
      return tl::unexpected(saved.error());
    }
  }
  environment.show({.facts = {}, .tables = {daily_score_table(*scores)}},
                   static_cast<std::size_t>(top_));
  return ExitCode::Done;
}

}  // namespace spotvane::cli
