#include "cli/commands/archive_import.hpp"

#include "market/market_archive.hpp"
#include "spotlake/archive_import.hpp"

namespace spotvane::cli {

void ArchiveImport::declare(Flags& flags, Settings& /*settings*/) {
  input_.declare(flags);
  flags.toggle("strict", "stop before the first day with anything that cannot be used", is_strict_);
}

Result<ExitCode> ArchiveImport::run(Environment& environment) {
  auto& world = environment.world;
  auto& console = environment.console;
  const auto in_context = [](const Error& error) {
    return tl::unexpected(Error{error}.during("import archive"));
  };
  const auto list = input_.list(environment);
  if (!list) {
    return in_context(list.error());
  }
  auto home = environment.open_home(HomeUse::Exclusive);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto& lake = (*home)->lake();
  if (const auto recovered = market::recover_archive(state, lake); !recovered) {
    return tl::unexpected(recovered.error());
  }
  ScanProgressLine line{console, world.wall_clock()};
  const auto done = spotlake::import_archive(
      world.text_files(), *list, state, lake,
      {.threads = input_.threads(environment), .is_strict = is_strict_},
      {.on_damage = [&](const spotlake::Damage& damage) { warn(console, damage); },
       .go_on = show_progress(environment, line)});
  console.clear_progress();
  if (!done) {
    return in_context(done.error());
  }
  if (done->snapshots == 0) {
    console.say(fmt::format("nothing is new: all {} snapshots were imported before",
                            done->known_snapshots));
  }
  environment.show({.facts = {{"snapshots", whole(done->snapshots)},
                              {"imported_before", whole(done->known_snapshots)},
                              {"damaged", whole(done->damaged)},
                              {"rows", whole(done->rows)},
                              {"changes", whole(done->changes)},
                              {"files", whole(done->files)}},
                    .tables = {}});
  return done->damaged > 0 ? ExitCode::Partly : ExitCode::Done;
}

}  // namespace spotvane::cli
