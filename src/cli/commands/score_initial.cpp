#include "cli/commands/score_initial.hpp"

#include "cli/market_tables.hpp"
#include "market/initial_score.hpp"
#include "spotlake/score_scan.hpp"

namespace spotvane::cli {

namespace {

Result<spotlake::ScoreScan> scan(Environment& environment, const spotlake::SnapshotList& list,
                                 int threads) {
  ScanProgressLine line{environment.console, environment.world.wall_clock()};
  auto scan = spotlake::scan_scores(environment.world.text_files(), list, threads,
                                    show_progress(environment, line));
  environment.console.clear_progress();
  if (scan.is_stopped) {
    return fail(ErrorKind::Cancelled, "stopped after {} of {} files; nothing was saved",
                scan.progress.files_done, scan.progress.files);
  }
  return scan;
}

}  // namespace

void ScoreInitial::declare(Flags& flags, Settings& /*settings*/) {
  input_.declare(flags);
  flags.text("include", "RE", "score only types whose size this regular expression finds",
             include_);
  flags.text("exclude", "RE", "leave out types whose size this regular expression finds", exclude_);
  flags.toggle("strict", "fail if anything in the archive cannot be used", is_strict_);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

Result<ExitCode> ScoreInitial::run(Environment& environment) {
  auto& console = environment.console;
  const auto in_context = [](const Error& error) {
    return tl::unexpected(Error{error}.during("score the archive"));
  };
  const market::SizeFilter filter{.include = include_, .exclude = exclude_};
  if (const auto good = market::check(filter); !good) {
    return tl::unexpected(good.error());
  }
  const auto list = input_.list(environment);
  if (!list) {
    return in_context(list.error());
  }
  const auto scanned = scan(environment, *list, input_.threads(environment));
  if (!scanned) {
    return in_context(scanned.error());
  }
  for (const auto& damage : scanned->damage) {
    warn(console, damage);
  }
  const auto is_damaged = !scanned->damage.empty();
  if (is_damaged && is_strict_) {
    return fail(ErrorKind::Corrupt,
                "score the archive '{}': it is damaged, and '--strict' refuses that",
                input_.root());
  }
  const auto result = market::initial_scores(scanned->pools, filter);
  if (!result) {
    return tl::unexpected(result.error());
  }
  auto home = environment.open_home(HomeUse::Shared);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  if (auto saved = (*home)->state().save_initial_scores(result->scores); !saved) {
    return tl::unexpected(saved.error());
  }
  console.say(
      fmt::format("{} rows of {} files: {} pools, {} scored, {} steady (score 0), {} with too few "
                  "rows to score",
                  scanned->rows, scanned->progress.files, result->pools, result->scores.size(),
                  result->steady, result->too_few_rows));
  environment.show({.facts = {}, .tables = {initial_score_table(result->scores)}},
                   static_cast<std::size_t>(top_));
  return is_damaged ? ExitCode::Partly : ExitCode::Done;
}

}  // namespace spotvane::cli
