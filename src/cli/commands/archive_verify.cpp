#include "cli/commands/archive_verify.hpp"

#include "cli/scan_progress.hpp"
#include "spotlake/archive_verify.hpp"

namespace spotvane::cli {

namespace {

constexpr std::size_t kDifferencesShown = 20;

std::int64_t count(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

}  // namespace

void ArchiveVerify::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("ROOT", "the folder the snapshots lie below", root_);
  flags.month("month", "compare only this month's snapshots, such as 2024-11", month_);
  flags.number("threads", "N", "files to read at the same time; 0: as many as there are cores",
               threads_, 0, 64);
}

Result<ExitCode> ArchiveVerify::run(Environment& environment) {
  auto& world = environment.world;
  auto& console = environment.console;
  const auto in_context = [](const Error& error) {
    return tl::unexpected(Error{error}.during("verify archive"));
  };
  const auto list = spotlake::list_snapshots(world.text_files(), root_, month_);
  if (!list) {
    return in_context(list.error());
  }
  auto home = world.open_home(environment.settings.home, HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  Table differences{
      .name = "differences",
      .columns = {
          {"file"}, {"instance_type"}, {"region"}, {"az_id"}, {"column"}, {"source"}, {"archive"}}};
  ScanProgressLine line{console, world.wall_clock()};
  const auto done = spotlake::verify_archive(
      world.text_files(), *list, (*home)->state(), (*home)->lake(),
      threads_ > 0 ? threads_ : world.cores(),
      {.on_difference =
           [&](const spotlake::Difference& found) {
             if (differences.rows.size() < kDifferencesShown) {
               differences.rows.push_back({found.file, found.pool.type.text(),
                                           found.pool.region.text(), found.pool.zone.text(),
                                           found.column, found.source, found.archive});
             }
           },
       .on_damage =
           [&](const spotlake::Damage& damage) {
             console.warn(fmt::format("warning: {}", to_text(damage)));
           },
       .go_on =
           [&](const spotlake::ImportProgress& progress) {
             line.show(progress.snapshots_done, progress.snapshots, progress.bytes);
             world.poll();
             return world.interrupts() == 0;
           }});
  console.clear_progress();
  if (!done) {
    return in_context(done.error());
  }
  environment.show({.facts = {{"snapshots", count(done->snapshots)},
                              {"not_imported", count(done->not_imported)},
                              {"damaged", count(done->damaged)},
                              {"rows", count(done->rows)},
                              {"different_values", count(done->differences)}},
                    .tables = {std::move(differences)}});
  const bool is_same = done->differences == 0 && done->not_imported == 0 && done->damaged == 0;
  return is_same ? ExitCode::Done : ExitCode::Partly;
}

}  // namespace spotvane::cli
