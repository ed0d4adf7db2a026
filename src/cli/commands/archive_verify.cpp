#include "cli/commands/archive_verify.hpp"

#include "spotlake/archive_verify.hpp"

namespace spotvane::cli {

namespace {

constexpr std::size_t kDifferencesShown = 20;

}  // namespace

void ArchiveVerify::declare(Flags& flags, Settings& /*settings*/) {
  input_.declare(flags);
}

Result<ExitCode> ArchiveVerify::run(Environment& environment) {
  auto& world = environment.world;
  auto& console = environment.console;
  const auto in_context = [](const Error& error) {
    return tl::unexpected(Error{error}.during("verify archive"));
  };
  const auto list = input_.list(environment);
  if (!list) {
    return in_context(list.error());
  }
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  Table differences{
      .name = "differences",
      .columns = {
          {"file"}, {"instance_type"}, {"region"}, {"az_id"}, {"column"}, {"source"}, {"archive"}}};
  ScanProgressLine line{console, world.wall_clock()};
  const auto done = spotlake::verify_archive(
      world.text_files(), *list, (*home)->state(), (*home)->lake(), input_.threads(environment),
      {.on_difference =
           [&](const spotlake::Difference& found) {
             if (differences.rows.size() < kDifferencesShown) {
               differences.rows.push_back({found.file, found.pool.type.text(),
                                           found.pool.region.text(), found.pool.zone.text(),
                                           found.column, found.source, found.archive});
             }
           },
       .on_damage = [&](const spotlake::Damage& damage) { warn(console, damage); },
       .go_on = show_progress(environment, line)});
  console.clear_progress();
  if (!done) {
    return in_context(done.error());
  }
  environment.show({.facts = {{"snapshots", whole(done->snapshots)},
                              {"not_imported", whole(done->not_imported)},
                              {"damaged", whole(done->damaged)},
                              {"rows", whole(done->rows)},
                              {"different_values", whole(done->differences)}},
                    .tables = {std::move(differences)}});
  const bool is_same = done->differences == 0 && done->not_imported == 0 && done->damaged == 0;
  return is_same ? ExitCode::Done : ExitCode::Partly;
}

}  // namespace spotvane::cli
