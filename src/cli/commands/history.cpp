#include "cli/commands/history.hpp"

#include "cli/market_tables.hpp"
#include "market/pool_history.hpp"
#include "plot/history_plot.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace spotvane::cli {

namespace {

/// A picture of one moment would show nothing: this much is shown then.
constexpr Duration kLeastSpan = std::chrono::minutes{10};

std::string label_of(const model::Pool& pool, const market::ZoneNames& names) {
  if (pool.zone.empty()) {
    return fmt::format("all of {}", pool.region);
  }
  const auto& name = names.name(pool.zone);
  return name.empty() ? pool.zone.text() : fmt::format("{} ({})", pool.zone, name);
}

std::vector<plot::PoolTrack> tracks_of(const std::vector<model::MarketChange>& changes,
                                       const market::ZoneNames& names) {
  std::map<model::Pool, std::vector<model::MarketChange>> pools;
  for (const auto& change : changes) {
    pools[change.pool].push_back(change);
  }
  std::vector<plot::PoolTrack> tracks;
  for (auto& [pool, its_changes] : pools) {
    tracks.push_back({label_of(pool, names), std::move(its_changes)});
  }
  return tracks;
}

std::set<model::Region> regions_of(const std::vector<model::MarketChange>& changes) {
  std::set<model::Region> regions;
  for (const auto& change : changes) {
    regions.insert(change.pool.region);
  }
  return regions;
}

}  // namespace

void History::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("POOL",
                   "type@region (all its zones) or type@zone, by the zone's ID (use1-az4) or the "
                   "account's name for it (us-east-1a)",
                   pools_);
  flags.time("from", "leave out what changed before this time, UTC", from_);
  flags.time("to", "leave out what changed at this time, UTC, and later", to_);
  flags.text("svg", "FILE", "draw it into this file instead of listing it ('-': print it)", svg_);
}

Result<History::Past> History::read(Environment& environment) const {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  // What was in force before the time to be drawn is a line's beginning.
  const auto from = svg_ ? TimePoint::min() : from_.value_or(TimePoint::min());
  auto changes = market::find_pools(state, pools_).and_then([&](const model::PoolChoice& pools) {
    return market::pool_history(state, (*home)->lake(), pools, from,
                                to_.value_or(TimePoint::max()));
  });
  if (!changes) {
    return tl::unexpected(std::move(changes.error()));
  }
  auto names = market::ZoneNames::known(state, regions_of(*changes));
  const auto latest = state.latest_cycle();
  if (!names || !latest) {
    return tl::unexpected(!names ? names.error() : latest.error());
  }
  return Past{.changes = std::move(*changes),
              .names = std::move(*names),
              .until = latest->value_or(TimePoint{})};
}

Result<void> History::draw(Environment& environment, const Past& past) const {
  const auto& changes = past.changes;
  const auto from = from_.value_or(changes.empty() ? past.until : changes.front().at);
  const auto to = std::min(to_.value_or(TimePoint::max()), std::max(past.until, from + kLeastSpan));
  const auto svg = plot::history_svg({.title = pools_,
                                      .from = from,
                                      .to = std::max(to, from + Duration{1}),
                                      .tracks = tracks_of(changes, past.names)});
  if (*svg_ == "-") {
    environment.console.print(svg);
    return {};
  }
  return environment.world.text_file_writer().write(*svg_, svg).map([&] {
    environment.console.say(fmt::format("'{}' drawn into '{}'", pools_, *svg_));
  });
}

Result<ExitCode> History::run(Environment& environment) {
  if (from_ && to_ && *from_ >= *to_) {
    return fail(ErrorKind::InvalidInput, "option '--to' must be later than '--from'");
  }
  const auto past = read(environment);
  if (!past) {
    auto error = past.error();
    return tl::unexpected(std::move(error).during(fmt::format("history of '{}'", pools_)));
  }
  if (past->changes.empty()) {
    environment.console.say(fmt::format("note: '{}' is known, but did not change then", pools_));
  }
  if (svg_) {
    return draw(environment, *past).map([] { return ExitCode::Done; });
  }
  environment.show({.facts = {}, .tables = {market_change_table(past->changes, past->names)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
