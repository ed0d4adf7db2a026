#include "cli/commands/score_initial.hpp"

#include "cli/market_tables.hpp"
#include "market/initial_score.hpp"
#include "spotlake/snapshot_reader.hpp"

namespace spotvane::cli {

namespace {

/// Says what could not be used; true where there was anything.
bool say_damage(Console& console, const spotlake::ArchiveReading& reading) {
  for (const auto& damage : reading.damage) {
    console.warn(fmt::format("warning: {}", to_text(damage)));
  }
  return !reading.damage.empty();
}

}  // namespace

void ScoreInitial::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("ARCHIVE", "the folder the snapshots lie below", root_);
  flags.text("include", "RE", "score only types whose size this regular expression finds",
             include_);
  flags.text("exclude", "RE", "leave out types whose size this regular expression finds", exclude_);
  flags.toggle("strict", "fail if anything in the archive cannot be used", is_strict_);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

Result<ExitCode> ScoreInitial::run(Environment& environment) {
  auto& console = environment.console;
  market::InitialScoreTable table;
  const auto reading = spotlake::read_snapshots(
      environment.world.text_files(), root_,
      [&](const spotlake::SnapshotRow& row) {
        table.add(row.instance_type, row.region, row.sps, row.interruption_halves);
      },
      [&](std::size_t done, std::size_t total) {
        console.progress(fmt::format("{} of {} files", done, total));
      });
  console.clear_progress();
  if (!reading) {
    auto error = reading.error();
    return tl::unexpected(std::move(error).during("score the archive"));
  }
  const auto is_damaged = say_damage(console, *reading);
  if (is_damaged && is_strict_) {
    return fail(ErrorKind::Corrupt,
                "score the archive '{}': it is damaged, and '--strict' refuses that", root_);
  }
  const auto result = table.scores({.include = include_, .exclude = exclude_});
  if (!result) {
    return tl::unexpected(result.error());
  }
  auto home = environment.world.open_home(environment.settings.home, HomeUse::Shared);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  if (auto saved = (*home)->state().save_initial_scores(result->scores); !saved) {
    return tl::unexpected(saved.error());
  }
  console.say(
      fmt::format("{} rows of {} files: {} pools, {} scored, {} steady (score 0), {} with too few "
                  "rows to score",
                  reading->rows, reading->files, result->pools, result->scores.size(),
                  result->steady, result->too_few_rows));
  environment.show({.facts = {}, .tables = {initial_score_table(result->scores)}},
                   static_cast<std::size_t>(top_));
  return is_damaged ? ExitCode::Partly : ExitCode::Done;
}

}  // namespace spotvane::cli
