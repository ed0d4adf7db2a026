#include "cli/commands/archive_compact.hpp"

#include "market/market_archive.hpp"

namespace spotvane::cli {

void ArchiveCompact::declare(Flags& flags, Settings& /*settings*/) {
  flags.day("before",
            "only days and whole months before this day (default: that of the latest cycle)",
            before_);
}

Result<ExitCode> ArchiveCompact::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::Exclusive);
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
  Table table{.name = "compacted",
              .columns = {{"period"}, {"files_before"}, {"files_after"}, {"rows"}}};
  const auto compact_all = [&](const auto& periods, const auto& compact) -> Result<void> {
    if (!periods) {
      return tl::unexpected(periods.error());
    }
    for (const auto period : *periods) {
      environment.console.progress(fmt::format("compact {}", to_iso8601(period)));
      const auto done = compact(state, lake, period);
      if (!done) {
        return tl::unexpected(done.error());
      }
      table.rows.push_back({to_iso8601(period), static_cast<std::int64_t>(done->files_before),
                            static_cast<std::int64_t>(done->files_after),
                            static_cast<std::int64_t>(done->rows)});
    }
    return {};
  };
  // Days first: a month's thousands of small files would be too many to read at once.
  auto compacted =
      compact_all(market::days_to_compact(state, before), market::compact_day).and_then([&] {
        return compact_all(market::months_to_compact(state, before), market::compact_month);
      });
  if (!compacted) {
    return tl::unexpected(std::move(compacted.error()));
  }
  const bool is_idle = table.rows.empty();
  if (is_idle) {
    environment.console.say(fmt::format(
        "nothing to merge: no day or month before {} has more than one file", to_iso8601(before)));
  }
  if (!is_idle || environment.output != OutputFormat::Table) {
    environment.show({.facts = {}, .tables = {std::move(table)}});
  }
  return ExitCode::Done;
}

}  // namespace spotvane::cli
