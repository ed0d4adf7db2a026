#include "cli/fleet_choice.hpp"

#include "base/number.hpp"
#include "cli/await_answer.hpp"
#include "cli/own_outcomes.hpp"
#include "market/advised_types.hpp"
#include "market/latest_market.hpp"
#include "ports/cloud.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr double kMostWeight = 999.0;  // AWS's own bound
constexpr std::size_t kPassedOverShown = 10;

/// What AWS says of a region.
struct RegionFacts {
  std::vector<model::Zone> zones;
  std::map<model::InstanceType, model::InstanceTypeFacts> types;

  const model::Zone* zone(std::string_view place) const {
    const auto found = std::find_if(zones.begin(), zones.end(), [&](const model::Zone& one) {
      return one.id.text() == place || one.name.text() == place;
    });
    return found == zones.end() ? nullptr : &*found;
  }
};

Result<RegionFacts> ask_region(World& world, Cloud& cloud, const model::Region& region) {
  auto zones = await_answer<std::vector<model::Zone>>(
      world, [&](auto on) { cloud.ec2().describe_availability_zones(region, std::move(on)); });
  if (!zones) {
    return tl::unexpected(std::move(zones.error()));
  }
  auto types = await_answer<std::vector<model::InstanceTypeFacts>>(
      world, [&](auto on) { cloud.ec2().describe_instance_types(region, std::move(on)); });
  if (!types) {
    return tl::unexpected(std::move(types.error()));
  }
  RegionFacts facts{.zones = *std::move(zones), .types = {}};
  for (auto& one : *types) {
    auto type = one.type;
    facts.types.emplace(std::move(type), std::move(one));
  }
  return facts;
}

bool runs_image(const model::InstanceTypeFacts& type, const std::string& architecture) {
  const auto& all = type.architectures;
  return type.offered_as_spot && std::find(all.begin(), all.end(), architecture) != all.end();
}

double weight_in(FleetUnit unit, const model::InstanceTypeFacts& type) {
  return unit == FleetUnit::Vcpus ? static_cast<double>(type.vcpus) : 1.0;
}

Result<FleetCandidate> named_candidate(const std::string& text, const RegionFacts& facts,
                                       const FleetWish& wish) {
  const auto named = parse_named_pool(text);
  if (!named) {
    return tl::unexpected(named.error());
  }
  const auto type = facts.types.find(named->type);
  if (type == facts.types.end()) {
    return fail(ErrorKind::InvalidInput, "'{}' has no instance type '{}'", wish.region,
                named->type);
  }
  const auto* zone = named->place.empty() ? nullptr : facts.zone(named->place);
  if (zone == nullptr && !named->place.empty()) {
    return fail(ErrorKind::InvalidInput, "'{}' has no zone '{}'", wish.region, named->place);
  }
  return FleetCandidate{
      .pool = {.type = named->type,
               .zone = zone != nullptr ? zone->name : model::ZoneName{},
               .weight = named->weight.value_or(weight_in(wish.unit, type->second))},
      .zone = zone != nullptr ? zone->id : model::ZoneId{}};
}

/// The pools of the view that can be launched from the template, best first.
std::vector<FleetCandidate> candidates_of(const market::PoolView& view, const RegionFacts& facts,
                                          const FleetWish& wish) {
  std::vector<FleetCandidate> found;
  for (const auto& row : view.rows) {
    const auto& pool = row.pool->pool;
    const auto type = facts.types.find(pool.type);
    const auto* zone = facts.zone(pool.zone.text());
    if (type != facts.types.end() && runs_image(type->second, wish.architecture) &&
        zone != nullptr) {
      found.push_back({.pool = {.type = pool.type,
                                .zone = zone->name,
                                .weight = weight_in(wish.unit, type->second)},
                       .zone = pool.zone,
                       .spot_price = row.pool->state.spot_price,
                       .availability = row.availability.total});
    }
  }
  return found;
}

FleetChoice spread_candidates(std::vector<FleetCandidate> candidates, const FleetWish& wish) {
  std::vector<model::Pool> pools;
  for (const auto& one : candidates) {
    pools.push_back({one.pool.type, wish.region, one.zone});
  }
  FleetChoice choice;
  for (const auto& seen : market::spread_over(pools, wish.spread)) {
    auto& candidate = candidates[seen.index];
    candidate.why = seen.why;
    auto& list = seen.is_chosen ? choice.chosen : choice.passed_over;
    if (seen.is_chosen || list.size() < kPassedOverShown) {
      list.push_back(std::move(candidate));
    }
  }
  return choice;
}

Result<FleetChoice> choose_by_view(Environment& environment, const RegionFacts& facts,
                                   const FleetWish& wish) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto latest = market::latest_market(state, (*home)->lake());
  if (!latest) {
    return tl::unexpected(std::move(latest.error()));
  }
  if (!*latest) {
    return tl::unexpected(
        Error{ErrorKind::NotFound, "nothing has been collected yet to choose pools by",
              "run `spotvane collect`, or name pools: `--pool m5.large@us-east-1a`"});
  }
  const auto types = market::advised_types(state);
  if (!types) {
    return tl::unexpected(types.error());
  }
  auto question = wish.question;
  question.regions = {wish.region};
  question.each_zone = true;
  const auto advised = types->value_or(std::vector<model::AdvisedType>{});
  const auto own =
      own_outcomes(state, (*latest)->pools, market::ZoneNames{facts.zones}, (*latest)->cycle);
  if (!own) {
    return tl::unexpected(own.error());
  }
  const auto view = market::view_pools((*latest)->pools, advised, question, *own);
  if (!view) {
    return tl::unexpected(Error{view.error()}.during("option '--type'"));
  }
  auto choice = spread_candidates(candidates_of(*view, facts, wish), wish);
  choice.as_of = (*latest)->cycle;
  if (choice.chosen.empty()) {
    return tl::unexpected(Error{
        ErrorKind::NotFound,
        fmt::format("no pool of '{}' fits that runs {} images", wish.region, wish.architecture),
        "ask for less, see what there is by `spotvane pools --az`, or name pools by `--pool`"});
  }
  return choice;
}

}  // namespace

Result<NamedPool> parse_named_pool(const std::string& text) {
  const auto equals = text.find('=');
  const auto at = text.find('@');
  NamedPool pool{.type = model::InstanceType{text.substr(0, std::min(at, equals))}};
  if (at != std::string::npos && at < equals) {
    pool.place = text.substr(at + 1, equals - std::min(equals, at + 1));
  }
  if (equals != std::string::npos) {
    const auto weight = parse_real(text.substr(equals + 1));
    if (!weight || *weight <= 0.0 || *weight > kMostWeight) {
      return fail(ErrorKind::InvalidInput, "'{}': the weight must be a number above 0 and up to {}",
                  text, kMostWeight);
    }
    pool.weight = *weight;
  }
  const bool is_half = at != std::string::npos && at < equals && pool.place.empty();
  if (pool.type.empty() || model::size(pool.type).empty() || is_half) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, fmt::format("'{}' names no pool", text),
                                "a pool is TYPE@ZONE=WEIGHT, as 'm5.large@us-east-1a=2', zone and "
                                "weight where they matter"});
  }
  return pool;
}

Result<FleetChoice> choose_fleet_pools(Environment& environment, Cloud& cloud,
                                       const FleetWish& wish) {
  const auto facts = ask_region(environment.world, cloud, wish.region);
  if (!facts) {
    return tl::unexpected(Error{facts.error()}.during(fmt::format("ask for '{}'", wish.region)));
  }
  if (wish.named.empty()) {
    return choose_by_view(environment, *facts, wish);
  }
  FleetChoice choice;
  for (const auto& text : wish.named) {
    auto candidate = named_candidate(text, *facts, wish);
    if (!candidate) {
      return tl::unexpected(std::move(candidate.error()).during("option '--pool'"));
    }
    choice.chosen.push_back(*std::move(candidate));
  }
  return choice;
}

}  // namespace spotvane::cli
