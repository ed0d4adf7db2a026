#include "cli/commands/pools.hpp"

#include "base/spelling.hpp"
#include "cli/own_outcomes.hpp"
#include "cli/pool_table.hpp"
#include "market/advised_types.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace spotvane::cli {

namespace {

using market::PoolOrder;

constexpr std::size_t kRowsOnTerminal = 20;

/// An order's name, and whether it goes up where nobody says otherwise.
struct OrderName {
  const char* name;
  PoolOrder order;
  bool ascends;
};
constexpr std::array<OrderName, 9> kOrders{{{"availability", PoolOrder::Availability, false},
                                            {"type", PoolOrder::Type, true},
                                            {"region", PoolOrder::Region, true},
                                            {"price", PoolOrder::Price, true},
                                            {"savings", PoolOrder::Savings, false},
                                            {"band", PoolOrder::Band, true},
                                            {"interruption", PoolOrder::Band, true},
                                            {"sps", PoolOrder::PlacementScore, false},
                                            {"score", PoolOrder::PlacementScore, false}}};

std::vector<std::string> order_names() {
  std::vector<std::string> names;
  for (const auto& order : kOrders) {
    names.emplace_back(order.name);
  }
  return names;
}

std::set<model::Region> regions_of(const std::vector<model::PoolState>& pools) {
  std::set<model::Region> regions;
  const model::Region* latest = nullptr;  // pools of a region often come together
  for (const auto& one : pools) {
    if (latest == nullptr || *latest != one.pool.region) {
      latest = &*regions.insert(one.pool.region).first;
    }
  }
  return regions;
}

/// The places of `known` that `asked` names; fails with `InvalidInput` on the first it does not.
template <typename Name>
Result<void> check_known(std::string_view what, const Name& asked, const std::set<Name>& known) {
  if (known.contains(asked)) {
    return {};
  }
  std::vector<std::string> names;
  for (const auto& one : known) {
    names.push_back(one.text());
  }
  const auto meant = nearest(asked.text(), names);
  return tl::unexpected(
      Error{ErrorKind::InvalidInput, fmt::format("no pool is known in {} '{}'", what, asked),
            meant ? fmt::format("did you mean '{}'?", *meant)
                  : fmt::format("there are pools in {}", fmt::join(names, ", "))});
}

Result<std::set<model::Region>> choose_regions(const std::vector<std::string>& asked,
                                               const std::vector<model::PoolState>& pools) {
  std::set<model::Region> chosen;
  if (asked.empty() || std::find(asked.begin(), asked.end(), "all") != asked.end()) {
    return chosen;
  }
  const auto known = regions_of(pools);
  for (const auto& name : asked) {
    const model::Region region{name};
    if (auto found = check_known("region", region, known); !found) {
      return tl::unexpected(std::move(found.error()));
    }
    chosen.insert(region);
  }
  return chosen;
}

Result<std::set<model::ZoneId>> choose_zones(const std::vector<std::string>& asked,
                                             const market::ZoneNames& names,
                                             const std::vector<model::PoolState>& pools) {
  std::set<model::ZoneId> chosen;
  if (asked.empty()) {
    return chosen;
  }
  std::set<model::ZoneId> known;
  for (const auto& one : pools) {
    known.insert(one.pool.zone);
  }
  known.erase(model::ZoneId{});
  for (const auto& text : asked) {
    auto found = names.zone(text).and_then([&](const model::ZoneId& zone) {
      return check_known("zone", zone, known).map([&] { chosen.insert(zone); });
    });
    if (!found) {
      return tl::unexpected(std::move(found.error()));
    }
  }
  return chosen;
}

/// How old what is shown is. A lab's time has nothing to do with ours: there may be no age to tell.
std::vector<std::pair<std::string, Value>> age_facts(std::optional<TimePoint> cycle,
                                                     TimePoint now) {
  const bool has_age = cycle && now >= *cycle;
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(has_age ? now - *cycle : Duration{});
  return {{"as_of", cycle ? Value{*cycle} : Value{}},
          {"age", has_age ? Value{to_text(Duration{minutes})} : Value{}}};
}

}  // namespace

void Pools::declare(Flags& flags, Settings& /*settings*/) {
  flags.text("type", "RE", "types whose name this regular expression finds", asked_.type);
  flags.texts("region", "REGION", "these regions; 'all' or none: all that are known", regions_);
  flags.texts("zone", "ZONE", "these zones, by ID (use1-az4) or by the account's name (us-east-1a)",
              zones_);
  flags.toggle("az", "show every zone, not only the first of each type and region",
               asked_.each_zone);
  flags.number("min-vcpu", "N", "at least so many vCPUs", asked_.min_vcpus, 1, 1'000'000);
  flags.number("max-vcpu", "N", "at most so many vCPUs", asked_.max_vcpus, 1, 1'000'000);
  flags.real("min-memory", "GIB", "at least so much memory", asked_.min_memory_gib, 0, 1e9);
  flags.real("max-memory", "GIB", "at most so much memory", asked_.max_memory_gib, 0, 1e9);
  flags.real("max-price", "USD", "at most this spot price an hour", max_price_, 0, 1e9);
  flags.number("min-savings", "PERCENT", "at least so far below on-demand", asked_.min_savings,
               -1'000, 100);
  flags.number("max-band", "BAND", "at most this interruption band: 0 (<5%) to 4 (>20%)",
               asked_.max_band, 0, 4);
  flags.number("min-score", "SPS", "at least this placement score", asked_.min_sps, 1, 10);
  flags.real("min-availability", "X", "at least this availability, 0 to 1", asked_.min_availability,
             0, 1);
  flags.choice("sort", order_names(), "by what to put them in order, best first", sort_);
  flags.text("order", "asc|desc", "turn the order round where it is the other way", order_);
  flags.number("top", "N", "show only the first N (on a terminal 20 unless told)", top_, 1,
               1'000'000'000);
  flags.text("advisor", "FILE", "read this file of the Spot Advisor instead of the home",
             advisor_file_);
  flags.choice("os", {"linux", "windows"}, "of an advisor's file; a home keeps linux", os_);
}

Result<Pools::Known> Pools::read_home(Environment& environment) const {
  if (os_ != "linux") {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                fmt::format("a home keeps linux only, got '--os {}'", os_),
                                "the Spot Advisor's file tells of both: `--advisor FILE`"});
  }
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto market = market::latest_market(state, (*home)->lake());
  if (!market) {
    return tl::unexpected(std::move(market.error()));
  }
  if (!*market) {
    return tl::unexpected(Error{ErrorKind::NotFound, "nothing has been collected yet",
                                "run `spotvane collect`, or name an advisor's file: `--advisor`"});
  }
  auto types = market::advised_types(state);
  auto names = market::ZoneNames::known(state, regions_of((*market)->pools));
  if (!types || !names) {
    return tl::unexpected(!types ? types.error() : names.error());
  }
  auto own = own_outcomes(state, (*market)->pools, *names, (*market)->cycle);
  if (!own) {
    return tl::unexpected(std::move(own.error()));
  }
  return Known{.cycle = (*market)->cycle,
               .pools = std::move((*market)->pools),
               .types = std::move(*types).value_or(std::vector<model::AdvisedType>{}),
               .names = std::move(*names),
               .own = std::move(*own)};
}

Result<Pools::Known> Pools::read_advisor_file(Environment& environment) const {
  auto feed = environment.world.read_advisor_file(*advisor_file_);
  if (!feed) {
    return tl::unexpected(
        std::move(feed.error()).during(fmt::format("advisor's file '{}'", *advisor_file_)));
  }
  if (feed->bad_rows > 0) {
    environment.console.warn(
        fmt::format("warning: {} entries made no sense and were left out", feed->bad_rows));
  }
  Known known{.cycle = {}, .pools = {}, .types = std::move(feed->types), .names = {}, .own = {}};
  const std::string_view os = os_ == "linux" ? "Linux" : "Windows";
  for (auto& entry : feed->entries) {
    if (entry.os == os) {
      known.pools.push_back(
          {.pool = {std::move(entry.type), std::move(entry.region), {}},
           .state = {.band = static_cast<std::int16_t>(entry.band),
                     .savings = static_cast<std::int16_t>(entry.savings_percent)}});
    }
  }
  return known;
}

Result<market::PoolQuestion> Pools::question(const Known& known, OutputFormat format) const {
  auto question = asked_;
  auto regions = choose_regions(regions_, known.pools);
  auto zones = choose_zones(zones_, known.names, known.pools);
  if (!regions || !zones) {
    return tl::unexpected(!regions ? std::move(regions.error()) : std::move(zones.error()));
  }
  question.regions = std::move(*regions);
  question.zones = std::move(*zones);
  question.each_zone = asked_.each_zone || !zones_.empty();
  if (max_price_) {
    question.max_price = Money::from_dollars(*max_price_);
  }
  const auto* order = std::find_if(kOrders.begin(), kOrders.end(),
                                   [&](const OrderName& one) { return one.name == sort_; });
  question.order = order->order;
  if (order_ && *order_ != "asc" && *order_ != "desc") {
    return fail(ErrorKind::InvalidInput, "option '--order': must be one of asc, desc, got '{}'",
                *order_);
  }
  question.is_reversed = order_ && (*order_ == "asc") != order->ascends;
  if (top_) {
    question.most = static_cast<std::size_t>(*top_);
  } else if (format == OutputFormat::Table) {
    question.most = kRowsOnTerminal;
  }
  return question;
}

Result<ExitCode> Pools::run(Environment& environment) {
  const auto known = advisor_file_ ? read_advisor_file(environment) : read_home(environment);
  if (!known) {
    return tl::unexpected(known.error());
  }
  const auto asked = question(*known, environment.output);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  auto view = market::view_pools(known->pools, known->types, *asked, known->own);
  if (!view) {
    return tl::unexpected(Error{view.error()}.during("option '--type'"));
  }
  if (known->cycle && environment.output == OutputFormat::Csv) {
    environment.console.say(fmt::format("as of {}, the latest cycle", to_iso8601(*known->cycle)));
  }
  if (view->found == 0) {
    environment.console.say(fmt::format("note: none of {} known pools fits", known->pools.size()));
  }
  auto facts = age_facts(known->cycle, environment.world.wall_clock().now());
  facts.emplace_back("known", static_cast<std::int64_t>(known->pools.size()));
  facts.emplace_back("found", static_cast<std::int64_t>(view->found));
  Document document{.facts = std::move(facts)};
  document.tables.push_back(pool_table(std::move(*view), known->names, environment.output));
  environment.show(document);
  return ExitCode::Done;
}

}  // namespace spotvane::cli
