#include "sim/spot_market.hpp"

#include "base/assert.hpp"
#include "sim/pool_keys.hpp"
#include "sim/pool_traits.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace spotvane::sim {

namespace {

constexpr std::size_t kPlacesInAnswer = 10;
constexpr std::size_t kTypesForHighScores = 3;
constexpr int kHighestScoreOfFewTypes = 3;
constexpr Duration kAdvisorPeriod = std::chrono::hours{6};
constexpr Duration kAdvisorMemory = std::chrono::days{30};  // what its bands are taken over
constexpr Duration kBandDriftPeriod = std::chrono::days{20};
constexpr double kBandDrift = 0.55;  // in bands

using Index = std::unordered_map<std::string_view, std::uint32_t>;

template <typename Items, typename Name>
Index index_of(const Items& items, Name name) {
  Index index;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    index.emplace(name(items[i]), i);
  }
  return index;
}

std::optional<std::uint32_t> look_up(const Index& index, std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? std::nullopt : std::optional{found->second};
}

/// 1 where the capacity is not there, then upwards in equal steps of its logarithm.
int score_of(double capacity, double target) {
  constexpr double kStep = 0.5;
  const double margin = std::log(capacity / target);
  return margin < 0.0 ? 1 : std::min(2 + static_cast<int>(margin / kStep), 10);
}

/// Names may repeat and be unknown in a query; what is left is asked once, in the query's order.
template <typename Names>
std::vector<std::uint32_t> known(const Names& names, const Index& index) {
  std::vector<std::uint32_t> found;
  for (const auto& name : names) {
    const auto place = look_up(index, name.text());
    if (place && std::find(found.begin(), found.end(), *place) == found.end()) {
      found.push_back(*place);
    }
  }
  return found;
}

}  // namespace

SpotMarket::SpotMarket(std::shared_ptr<const model::Catalog> catalog, std::uint64_t seed)
    : catalog_{std::move(catalog)}, advisor_key_{derive(seed, "advisor")} {
  SPOTVANE_ASSERT(catalog_ != nullptr);
  type_index_ = index_of(catalog_->types,
                         [](const auto& facts) -> std::string_view { return facts.type.text(); });
  region_index_ = index_of(catalog_->regions, [](const auto& status) -> std::string_view {
    return status.region.text();
  });
  zone_index_ = index_of(catalog_->zones,
                         [](const auto& zone) -> std::string_view { return zone.id.text(); });
  add_pools(derive(seed, "pools"));
}

void SpotMarket::add_pools(std::uint64_t seed) {
  // (region, type, zone): the order of pools_.
  std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> places;
  for (const auto& offering : catalog_->offerings) {
    const auto type = look_up(type_index_, offering.type.text());
    const auto zone = look_up(zone_index_, offering.zone.text());
    if (!type || !zone || !catalog_->types[*type].offered_as_spot) {
      continue;
    }
    if (const auto region = look_up(region_index_, catalog_->zones[*zone].region.text())) {
      places.emplace_back(*region, *type, *zone);
    }
  }
  std::sort(places.begin(), places.end());

  const PoolTraitsFinder traits{*catalog_};
  const auto types_key = derive(seed, "types");
  pools_.reserve(places.size());
  region_pools_.assign(catalog_->regions.size(), {0, 0});
  for (const auto& [region, type, zone] : places) {
    const auto& facts = catalog_->types[type];
    const auto& region_name = catalog_->regions[region].region;
    const auto region_key = derive(seed, region_name.text());
    const auto& zone_id = catalog_->zones[zone].id.text();
    const auto family = model::family(facts.type);
    const auto regional_key = derive(region_key, facts.type.text());
    const PoolKeys keys{.own = derive(regional_key, zone_id),
                        .type = derive(types_key, facts.type.text()),
                        .regional_pool = regional_key,
                        .family_in_region = derive(region_key, family),
                        .family_in_zone = derive(derive(region_key, family), zone_id)};
    const auto known = traits.find(facts, region_name);
    const CapacityProcess capacity{keys, known};
    auto& [first, last] = region_pools_[region];
    const auto place = static_cast<std::uint32_t>(pools_.size());
    first = last == 0 ? place : first;
    last = place + 1;
    pools_.push_back({type, zone, capacity, PriceProcess{keys, known, capacity}});
  }
}

SpotMarket::Pools SpotMarket::pools_of(std::uint32_t region) const {
  const auto [first, last] = region_pools_[region];
  return Pools{pools_}.subspan(first, last - first);
}

SpotMarket::Pools SpotMarket::pools_of(std::uint32_t region, std::uint32_t type) const {
  const auto pools = pools_of(region);
  const auto first = std::lower_bound(
      pools.begin(), pools.end(), type,
      [](const MarketPool& pool, std::uint32_t wanted) { return pool.type < wanted; });
  const auto last = std::find_if(first, pools.end(),
                                 [type](const MarketPool& pool) { return pool.type != type; });
  return {first, last};
}

const SpotMarket::MarketPool* SpotMarket::find(const model::Pool& pool) const {
  const auto type = look_up(type_index_, pool.type.text());
  const auto region = look_up(region_index_, pool.region.text());
  const auto zone = look_up(zone_index_, pool.zone.text());
  if (!type || !region || !zone) {
    return nullptr;
  }
  for (const auto& candidate : pools_of(*region, *type)) {
    if (candidate.zone == *zone) {
      return &candidate;
    }
  }
  return nullptr;
}

double SpotMarket::units_per_instance(const MarketPool& pool, model::CapacityUnit unit) const {
  const auto& facts = catalog_->types[pool.type];
  switch (unit) {
    case model::CapacityUnit::Units:
      return 1.0;
    case model::CapacityUnit::Vcpu:
      return std::max(facts.vcpus, 1);
    case model::CapacityUnit::MemoryMib:
      return static_cast<double>(std::max<std::int64_t>(facts.memory_mib, 1));
  }
  return 1.0;
}

std::vector<model::PlacementScore> SpotMarket::placement_scores(const model::ScoreQuery& query,
                                                                TimePoint at) const {
  const auto types = known(query.types, type_index_);
  auto regions = known(query.regions, region_index_);
  if (query.regions.empty()) {
    for (std::uint32_t region = 0; region < catalog_->regions.size(); ++region) {
      regions.push_back(region);
    }
  }

  std::vector<model::PlacementScore> scores;
  for (const auto region : regions) {
    std::vector<std::pair<std::uint32_t, double>> capacity_by_zone;  // a handful
    for (const auto type : types) {
      for (const auto& pool : pools_of(region, type)) {
        const auto slot = query.single_zone ? pool.zone : 0;
        auto place = std::find_if(capacity_by_zone.begin(), capacity_by_zone.end(),
                                  [slot](const auto& entry) { return entry.first == slot; });
        if (place == capacity_by_zone.end()) {
          place = capacity_by_zone.insert(place, {slot, 0.0});
        }
        place->second += pool.capacity.capacity(at) * units_per_instance(pool, query.unit);
      }
    }
    std::sort(capacity_by_zone.begin(), capacity_by_zone.end());
    for (const auto& [zone, capacity] : capacity_by_zone) {
      int score = score_of(capacity, query.target_capacity);
      if (types.size() < kTypesForHighScores) {
        score = std::min(score, kHighestScoreOfFewTypes);
      }
      scores.push_back({catalog_->regions[region].region,
                        query.single_zone ? catalog_->zones[zone].id : model::ZoneId{}, score});
    }
  }
  std::stable_sort(scores.begin(), scores.end(),
                   [](const auto& left, const auto& right) { return left.score > right.score; });
  if (scores.size() > kPlacesInAnswer) {
    scores.resize(kPlacesInAnswer);
  }
  return scores;
}

void SpotMarket::append_changes(Pools pools, TimePoint from, TimePoint to,
                                std::vector<PriceChange>& changes) const {
  for (const auto& pool : pools) {
    const auto place = static_cast<std::uint32_t>(&pool - pools_.data());
    changes.push_back({pool.price.row_at(from), place});
    for (const auto& row : pool.price.rows(from, to)) {
      changes.push_back({row, place});
    }
  }
}

std::vector<model::SpotPrice> SpotMarket::price_changes(
    const model::Region& region, TimePoint from, TimePoint to,
    std::span<const model::InstanceType> types) const {
  const auto place = look_up(region_index_, region.text());
  if (!place || from > to) {
    return {};
  }
  from = std::max(from, to - kPriceHistory);

  std::vector<PriceChange> changes;
  if (types.empty()) {
    append_changes(pools_of(*place), from, to, changes);
  }
  for (const auto type : known(types, type_index_)) {
    append_changes(pools_of(*place, type), from, to, changes);
  }
  std::sort(changes.begin(), changes.end(), [](const PriceChange& left, const PriceChange& right) {
    return std::tie(right.row.at, left.pool) < std::tie(left.row.at, right.pool);
  });

  std::vector<model::SpotPrice> prices;
  prices.reserve(changes.size());
  for (const auto& change : changes) {
    const auto& pool = pools_[change.pool];
    const auto& zone = catalog_->zones[pool.zone];
    prices.push_back({.type = catalog_->types[pool.type].type,
                      .zone_name = zone.name,
                      .zone_id = zone.id,
                      .product = "Linux/UNIX",
                      .price_per_hour = change.row.price,
                      .at = change.row.at});
  }
  return prices;
}

std::optional<Money> SpotMarket::price(const model::Pool& pool, TimePoint at) const {
  const auto* found = find(pool);
  return found == nullptr ? std::nullopt : std::optional{found->price.price(at)};
}

std::optional<double> SpotMarket::capacity(const model::Pool& pool, TimePoint at) const {
  const auto* found = find(pool);
  return found == nullptr ? std::nullopt : std::optional{found->capacity.capacity(at)};
}

TimePoint SpotMarket::advisor_published(TimePoint at) const {
  const auto moment = [this](std::int64_t publication) {
    const double delay =
        0.8 * uniform(derive(advisor_key_, static_cast<std::uint64_t>(publication)));
    const Duration into_period{
        static_cast<std::int64_t>(delay * static_cast<double>(kAdvisorPeriod.count()))};
    return std::chrono::floor<std::chrono::seconds>(
        TimePoint{publication * kAdvisorPeriod + into_period});
  };
  auto publication = static_cast<std::int64_t>(at.time_since_epoch() / kAdvisorPeriod);
  while (moment(publication) > at) {
    --publication;
  }
  return moment(publication);
}

/// How scarce the pools were in the advisor's memory: about standard normal.
double SpotMarket::shortage(Pools pools, TimePoint at) const {
  constexpr int kLooks = 5;
  double sum = 0.0;
  for (const auto& pool : pools) {
    auto weeks = pool.capacity.weeks();
    for (int look = 0; look < kLooks; ++look) {
      sum -= weeks.at(at - kAdvisorMemory * (2 * look + 1) / (2 * kLooks));
    }
  }
  constexpr double kDeviation = 0.4;  // of such a mean
  return pools.empty() ? 0.0 : sum / (kLooks * static_cast<double>(pools.size())) / kDeviation;
}

/// The advisor speaks of the cheapest zone's price for Linux; other systems' savings move along.
int SpotMarket::savings_percent(const model::AdvisorEntry& entry, Pools pools, TimePoint at) const {
  if (pools.empty()) {
    return entry.savings_percent;
  }
  double least = 1.0;
  for (const auto& pool : pools) {
    least = std::min(least, pool.price.price(at).dollars() / pool.price.on_demand_usd());
  }
  const auto savings = static_cast<int>(std::lround(100.0 * (1.0 - least)));
  const int before = static_cast<int>(std::lround(100.0 * pools.front().price.usual_savings()));
  return entry.os == "Linux" ? savings : std::min(entry.savings_percent + savings - before, 99);
}

std::vector<model::AdvisorEntry> SpotMarket::advisor(TimePoint at) const {
  const auto published = advisor_published(at);
  const auto bands = derive(advisor_key_, "bands");

  auto entries = catalog_->advisor;
  for (auto& entry : entries) {
    const auto type = look_up(type_index_, entry.type.text());
    const auto region = look_up(region_index_, entry.region.text());
    const auto pools = type && region ? pools_of(*region, *type) : Pools{};
    // Where in its band the entry is usually, and how far from there it drifts over weeks.
    const auto key =
        derive(derive(derive(bands, entry.region.text()), entry.type.text()), entry.os);
    const double own = value_noise(key, position(published, kBandDriftPeriod) + uniform(key));
    const double drift = kBandDrift * (0.8 * own + 0.6 * shortage(pools, published));
    const double usual = entry.band + uniform(derive(key, "usual"));
    entry.band = static_cast<int>(
        std::clamp(std::floor(usual + drift), 0.0, model::kInterruptionBands - 1.0));
    entry.savings_percent = savings_percent(entry, pools, published);
  }
  return entries;
}

}  // namespace spotvane::sim
