#include "cli/commands/archive_check.hpp"

#include "market/archive_check.hpp"

namespace spotvane::cli {

namespace {

Table file_table(const market::ArchiveCheck& check) {
  Table table{.name = "files", .columns = {{"file"}, {"rows"}, {"bytes"}, {"verdict"}}};
  for (const auto& [file, damage] : check.files) {
    table.rows.push_back({file.path, whole(file.rows), whole(file.bytes),
                          damage ? damage->message : std::string{"whole"}});
  }
  return table;
}

Table lost_table(const std::vector<LostFile>& lost) {
  Table table{.name = "lost",
              .columns = {{"file"}, {"rows"}, {"from"}, {"to"}, {"given_up"}, {"reason"}}};
  for (const auto& [file, given_up, reason] : lost) {
    table.rows.push_back({file.path, whole(file.rows), file.from, file.to, given_up, reason});
  }
  return table;
}

Document describe(const market::ArchiveCheck& check) {
  std::uint64_t rows = 0;
  std::int64_t damaged = 0;
  for (const auto& [file, damage] : check.files) {
    rows += file.rows;
    damaged += damage ? 1 : 0;
  }
  Document document{.facts = {{"files", whole(check.files.size())},
                              {"rows", whole(rows)},
                              {"damaged", damaged},
                              {"lost", whole(check.lost.size())}},
                    .tables = {file_table(check)}};
  if (!check.lost.empty()) {
    document.tables.push_back(lost_table(check.lost));
  }
  return document;
}

void say_what_is_lost(Console& console, const std::vector<LostFile>& lost) {
  for (const auto& [file, given_up, reason] : lost) {
    console.warn(fmt::format("gave up '{}': {} rows from {} to {} are lost", file.path, file.rows,
                             to_iso8601(file.from), to_iso8601(file.to)));
  }
  console.say(
      "what there is of them lies below archive/damaged; the next cycle asks all sources anew and "
      "writes whatever differs from what the other files say");
}

}  // namespace

void ArchiveCheckCommand::declare(Flags& flags, Settings& /*settings*/) {
  flags.toggle("forget-damaged", "give up the damaged files for good: collection can go on without",
               forgets_damaged_);
}

Result<ExitCode> ArchiveCheckCommand::run(Environment& environment) {
  auto& console = environment.console;
  auto home = environment.open_home(forgets_damaged_ ? HomeUse::Exclusive : HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto& lake = (*home)->lake();
  const auto check = market::check_archive(state, lake, [&](std::size_t done, std::size_t total) {
    console.progress(fmt::format("{} of {} files", done, total));
  });
  if (!check) {
    auto error = check.error();
    return tl::unexpected(std::move(error).during("check the archive"));
  }
  environment.show(describe(*check));
  if (check->strangers) {
    console.error(*check->strangers);
  }
  if (!forgets_damaged_) {
    return check->is_sound() ? ExitCode::Done : ExitCode::Partly;
  }
  const auto lost =
      market::give_up_damaged(state, lake, *check, environment.world.wall_clock().now());
  if (!lost) {
    auto error = lost.error();
    return tl::unexpected(std::move(error).during("give up the damaged files"));
  }
  if (!lost->empty()) {
    say_what_is_lost(console, *lost);
  }
  return check->strangers ? ExitCode::Partly : ExitCode::Done;
}

}  // namespace spotvane::cli
