#include "cli/commands/archive_compact.hpp"

#include "market/market_archive.hpp"

namespace spotvane::cli {

void ArchiveCompact::declare(Flags& flags, Settings& /*settings*/) {
  flags.day("before", "only days before this one (default: that of the latest cycle)", before_);
}

Result<ExitCode> ArchiveCompact::run(Environment& environment) {
  auto home = environment.world.open_home(environment.settings.home, HomeUse::Exclusive);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto& lake = (*home)->lake();
  if (const auto recovered = market::recover_archive(state, lake); !recovered) {
    return tl::unexpected(recovered.error());
  }
  const auto latest = state.latest_cycle();
  if (!latest) {
    return tl::unexpected(latest.error());
  }
  const auto before =
      before_.value_or(day_of(latest->value_or(environment.world.wall_clock().now())));
  const auto days = market::days_to_compact(state, before);
  if (!days) {
    return tl::unexpected(days.error());
  }
  Table table{.name = "days", .columns = {{"day"}, {"files_before"}, {"files_after"}, {"rows"}}};
  for (const auto day : *days) {
    environment.console.progress(fmt::format("compact {}", to_iso8601(day)));
    const auto done = market::compact_day(state, lake, day);
    if (!done) {
      auto error = done.error();
      return tl::unexpected(std::move(error).during(fmt::format("compact {}", to_iso8601(day))));
    }
    table.rows.push_back({to_iso8601(day), static_cast<std::int64_t>(done->files_before),
                          static_cast<std::int64_t>(done->files_after),
                          static_cast<std::int64_t>(done->rows)});
  }
  environment.show({.facts = {}, .tables = {std::move(table)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
