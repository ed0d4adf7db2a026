#include "cli/commands/probe_show.hpp"

#include "cli/probe_session.hpp"
#include "cli/probe_tables.hpp"
#include "cli/ready_curves.hpp"
#include "market/zone_names.hpp"
#include "probe/probe_archiving.hpp"

#include <algorithm>

namespace spotvane::cli {

namespace {

Table table_of(const std::string& what, const std::vector<probe::ProbeHistory>& probes) {
  if (what == "probes") {
    return probe_table(probes);
  }
  if (what == "curves") {
    return curve_table(probes);
  }
  if (what == "counts") {
    return ready_table(probes);
  }
  return what == "timeline" ? timeline_table(probes)
                            : statistics_table(probe::pool_statistics(probes));
}

}  // namespace

void ProbeShow::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("POOL", "type@region (with its zones) or type@zone; all where none is named",
                   pools_);
  flags.time("from", "leave out probes before this time, UTC", from_);
  flags.time("to", "leave out probes at this time, UTC, and later", to_);
  flags.choice("what", {"pools", "probes", "curves", "counts", "timeline"},
               "how long it took by pool, what became of each probe, how many were ready when, "
               "each change of a ready "
               "count, or everything that was seen",
               what_);
  flags.text("svg", "FILE", "draw the ready counts into this file as well", svg_);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

Result<ExitCode> ProbeShow::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto records = state.probes().probes(from_.value_or(TimePoint{}), to_.value_or(TimePoint::max()));
  if (!records) {
    return tl::unexpected(std::move(records.error()));
  }
  if (pools_) {
    const auto chosen = market::find_pools(state, *pools_);
    if (!chosen) {
      return tl::unexpected(chosen.error());
    }
    std::erase_if(*records,
                  [&](const auto& record) { return !chosen->includes(record.plan.pool); });
  }
  if (records->empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound, "there is no such probe in this home",
                                "`spotvane probe run` makes one"});
  }
  const auto probes = probe::read_histories(state.probes(), *records);
  if (!probes) {
    return tl::unexpected(probes.error());
  }
  const auto open = std::count_if(records->begin(), records->end(),
                                  [](const auto& record) { return !record.cleared; });
  if (open > 0) {
    environment.console.warn(
        fmt::format("warning: of {} probe(s) something may be left in AWS: `spotvane probe "
                    "recover` ends it, unless they are under way",
                    open));
  }
  environment.show({.facts = {}, .tables = {table_of(what_, *probes)}},
                   static_cast<std::size_t>(top_));
  if (svg_) {
    if (auto drawn = environment.world.text_file_writer().write(*svg_, curves_svg(*probes));
        !drawn) {
      return tl::unexpected(std::move(drawn.error()));
    }
    environment.console.say(fmt::format("ready counts drawn into '{}'", *svg_));
  }
  return ExitCode::Done;
}

}  // namespace spotvane::cli
