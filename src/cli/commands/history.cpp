#include "cli/commands/history.hpp"

#include "cli/market_tables.hpp"
#include "market/pool_history.hpp"

namespace spotvane::cli {

void History::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("POOL", "type@region (all its zones) or type@zone-id", pools_);
  flags.time("from", "leave out what changed before this time, UTC", from_);
  flags.time("to", "leave out what changed at this time, UTC, and later", to_);
}

Result<ExitCode> History::run(Environment& environment) {
  const auto pools = model::parse_pool_choice(pools_);
  if (!pools) {
    return tl::unexpected(pools.error());
  }
  const auto from = from_.value_or(TimePoint::min());
  const auto to = to_.value_or(TimePoint::max());
  if (from >= to) {
    return fail(ErrorKind::InvalidInput, "option '--to' must be later than '--from'");
  }
  auto home = environment.world.open_home(environment.settings.home, HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  const auto changes = market::pool_history((*home)->state(), (*home)->lake(), *pools, from, to);
  if (!changes) {
    auto error = changes.error();
    return tl::unexpected(std::move(error).during(fmt::format("history of '{}'", pools_)));
  }
  if (changes->empty()) {
    environment.console.say(fmt::format("note: '{}' is known, but did not change then", pools_));
  }
  environment.show({.facts = {}, .tables = {market_change_table(*changes)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
