#include "spotlake/synthetic_market.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace spotvane::spotlake {

namespace {

constexpr std::string_view kHeader =
    "Time,InstanceType,Region,AZ,SPS,T3,T2,IF,OndemandPrice,SpotPrice,Savings\n";

/// SpotLake's numbers for the bands 0..4.
constexpr std::array<std::string_view, model::kInterruptionBands> kInterruptionScores{
    "3.0", "2.5", "2.0", "1.5", "1.0"};

constexpr std::array<int, 5> kCapacities{1, 5, 10, 25, 50};

constexpr double kUnknownToAdvisor = 0.02;
constexpr double kWithoutOnDemandPrice = 0.01;
constexpr double kNeverScored = 0.01;
constexpr double kNotScoredNow = 0.02;
constexpr std::int64_t kPriceStep = 100;  // micros: prices have four places

/// Every so many-th row is a lively pool, and most changes are theirs: volatility differs.
constexpr std::size_t kLivelyEvery = 5;
constexpr double kLivelyShare = 0.8;

Money in_steps(double dollars) {
  const auto steps =
      std::max<std::int64_t>(1, std::llround(dollars * 1e6 / static_cast<double>(kPriceStep)));
  return Money::from_micros(steps * kPriceStep);
}

}  // namespace

/// What the catalog knows of regional pools.
class SyntheticMarket::PublishedFacts {
 public:
  explicit PublishedFacts(const model::Catalog& catalog) {
    for (const auto& price : catalog.on_demand_prices) {
      prices_.emplace(model::RegionalPool{price.type, price.region}, price.price_per_hour);
      prices_elsewhere_.emplace(price.type, price.price_per_hour);
    }
    for (const auto& entry : catalog.advisor) {
      if (entry.os == "Linux") {
        advice_.emplace(model::RegionalPool{entry.type, entry.region}, &entry);
      }
    }
  }

  /// In another region where it is not known in the pool's own.
  std::optional<Money> on_demand_price(const model::RegionalPool& pool) const {
    if (const auto here = prices_.find(pool); here != prices_.end()) {
      return here->second;
    }
    const auto elsewhere = prices_elsewhere_.find(pool.type);
    return elsewhere == prices_elsewhere_.end() ? std::nullopt : std::optional{elsewhere->second};
  }

  /// Null where the advisor does not know the pool.
  const model::AdvisorEntry* advice(const model::RegionalPool& pool) const {
    const auto known = advice_.find(pool);
    return known == advice_.end() ? nullptr : known->second;
  }

 private:
  std::unordered_map<model::RegionalPool, Money> prices_;
  std::unordered_map<model::InstanceType, Money> prices_elsewhere_;
  std::unordered_map<model::RegionalPool, const model::AdvisorEntry*> advice_;
};

Result<SyntheticMarket> SyntheticMarket::draw(const model::Catalog& catalog, std::size_t pools,
                                              const ChangeRates& rates, std::uint64_t seed) {
  SyntheticMarket market{rates, seed};
  market.add_pools(catalog);
  if (pools == 0 || pools > market.pools_.size()) {
    return fail(ErrorKind::InvalidInput, "there are 1 to {} pools to choose from, not {}",
                market.pools_.size(), pools);
  }
  market.shuffle();
  market.spared_.assign(market.shown_.begin() + static_cast<std::ptrdiff_t>(pools),
                        market.shown_.end());
  market.shown_.resize(pools);
  market.sort_rows();
  market.drawn_in_.resize(pools);
  return market;
}

void SyntheticMarket::add_pools(const model::Catalog& catalog) {
  std::unordered_map<model::ZoneId, const model::Region*> regions;
  for (const auto& zone : catalog.zones) {
    regions.emplace(zone.id, &zone.region);
  }
  std::unordered_map<model::RegionalPool, std::uint32_t> numbers;
  for (const auto& offering : catalog.offerings) {
    const auto region = regions.find(offering.zone);
    if (region == regions.end()) {
      continue;
    }
    const auto [known, is_new] =
        numbers.try_emplace(model::RegionalPool{offering.type, *region->second},
                            static_cast<std::uint32_t>(regionals_.size()));
    if (is_new) {
      regionals_.push_back({.pool = known->first});
    }
    regionals_[known->second].pools.push_back(static_cast<std::uint32_t>(pools_.size()));
    pools_.push_back({.zone = offering.zone.text(), .regional = known->second});
  }
  const PublishedFacts published{catalog};
  for (auto& regional : regionals_) {
    draw_first_values(regional, published);
  }
  for (auto& pool : pools_) {
    draw_first_values(pool);
    write_row(pool);
  }
}

void SyntheticMarket::shuffle() {
  shown_.resize(pools_.size());
  for (std::uint32_t i = 0; i < shown_.size(); ++i) {
    shown_[i] = i;
  }
  for (std::size_t i = shown_.size(); i > 1; --i) {
    std::swap(shown_[i - 1], shown_[random_.below(i)]);
  }
}

void SyntheticMarket::sort_rows() {
  const auto key = [this](std::uint32_t pool) {
    const auto& facts = pools_[pool];
    return std::tie(regionals_[facts.regional].pool, facts.zone);
  };
  std::sort(shown_.begin(), shown_.end(),
            [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
}

void SyntheticMarket::draw_score(PoolFacts& pool) {
  const double at = random_.unit();
  if (at < kNotScoredNow) {
    pool.sps = std::nullopt;
    return;
  }
  // AWS scores queries of a single type 1 to 3, and most of them 3.
  pool.sps = at < 0.82 ? 3 : at < 0.9 ? 2 : 1;
  const auto capacity = [&] {
    const bool is_most = random_.chance(0.7);
    return is_most ? kCapacities.back() : kCapacities[random_.below(kCapacities.size())];
  };
  pool.t3 = *pool.sps < 3 ? 0 : capacity();
  pool.t2 = *pool.sps < 2 ? 0 : std::max(pool.t3, capacity());
}

void SyntheticMarket::draw_first_values(RegionalFacts& regional, const PublishedFacts& published) {
  if (!random_.chance(kUnknownToAdvisor)) {
    const auto* entry = published.advice(regional.pool);
    regional.band =
        entry != nullptr ? entry->band : static_cast<int>(random_.below(model::kInterruptionBands));
    regional.savings = entry != nullptr ? std::max(0, entry->savings_percent)
                                        : 50 + static_cast<int>(random_.below(36));
  }
  if (!random_.chance(kWithoutOnDemandPrice)) {
    const auto price = published.on_demand_price(regional.pool);
    regional.on_demand_price = in_steps(price ? price->dollars() : 0.05 + 5.0 * random_.unit());
  }
}

void SyntheticMarket::draw_first_values(PoolFacts& pool) {
  draw_score(pool);
  if (random_.chance(kNeverScored)) {
    pool.sps = std::nullopt;
  }
  const auto& regional = regionals_[pool.regional];
  const double full = regional.on_demand_price ? regional.on_demand_price->dollars() : 1.0;
  const double savings = regional.band ? regional.savings / 100.0 : 0.6;
  const double spread = 0.9 + 0.2 * random_.unit();
  pool.spot_price = in_steps(full * (1.0 - savings) * spread);
}

void SyntheticMarket::change_score(PoolFacts& pool) {
  const auto before = pool.sps;
  while (pool.sps == before) {
    draw_score(pool);
  }
}

void SyntheticMarket::change_interruption(RegionalFacts& regional) {
  if (!regional.band) {
    return;
  }
  const bool is_up = *regional.band == 0 || (*regional.band < 4 && random_.chance(0.5));
  *regional.band += is_up ? 1 : -1;
  regional.savings = std::clamp(regional.savings + static_cast<int>(random_.below(7)) - 3, 0, 90);
}

void SyntheticMarket::change_spot_price(PoolFacts& pool) {
  const auto before = pool.spot_price;
  pool.spot_price = in_steps(before.dollars() * (0.95 + 0.1 * random_.unit()));
  if (pool.spot_price == before) {
    pool.spot_price = before + Money::from_micros(kPriceStep);
  }
}

void SyntheticMarket::write_row(PoolFacts& pool) const {
  const auto& regional = regionals_[pool.regional];
  const auto number = [](bool is_known, int value) { return is_known ? value : -1; };
  pool.row = fmt::format(
      "{},{},{},{},{},{},{},{},{},{}\n", regional.pool.type, regional.pool.region, pool.zone,
      pool.sps.value_or(-1), number(pool.sps.has_value(), pool.t3),
      number(pool.sps.has_value(), pool.t2),
      regional.band ? kInterruptionScores[static_cast<std::size_t>(*regional.band)] : "-1.0",
      regional.on_demand_price ? to_text(*regional.on_demand_price) : "-1.0",
      to_text(pool.spot_price), number(regional.band.has_value(), regional.savings));
}

std::size_t SyntheticMarket::draw_count(double rate) {
  const double wanted = rate * static_cast<double>(shown_.size());
  const double whole = std::floor(wanted);
  const auto count = static_cast<std::size_t>(whole) + (random_.chance(wanted - whole) ? 1 : 0);
  return std::min(count, shown_.size());
}

std::size_t SyntheticMarket::draw_place() {
  while (true) {
    auto place = static_cast<std::size_t>(random_.below(shown_.size()));
    if (random_.chance(kLivelyShare)) {
      place -= place % kLivelyEvery;
    }
    if (drawn_in_[place] != round_) {
      drawn_in_[place] = round_;
      return place;
    }
  }
}

void SyntheticMarket::advance() {
  ++round_;
  for (auto left = draw_count(rates_.sps); left > 0; --left) {
    auto& pool = pools_[shown_[draw_place()]];
    change_score(pool);
    write_row(pool);
  }
  ++round_;
  for (auto left = draw_count(rates_.spot_price); left > 0; --left) {
    auto& pool = pools_[shown_[draw_place()]];
    change_spot_price(pool);
    write_row(pool);
  }
  ++round_;
  for (auto left = draw_count(rates_.interruption); left > 0;) {
    auto& regional = regionals_[pools_[shown_[draw_place()]].regional];
    change_interruption(regional);
    for (const auto pool : regional.pools) {
      write_row(pools_[pool]);
    }
    left -= std::min(left, regional.pools.size());
  }
  ++round_;
  for (auto left = spared_.empty() ? 0 : draw_count(rates_.replacement); left > 0; --left) {
    std::swap(shown_[draw_place()], spared_[next_spared_]);
    next_spared_ = (next_spared_ + 1) % spared_.size();
  }
}

std::string SyntheticMarket::snapshot(TimePoint time) const {
  const auto iso = to_iso8601(time);  // "2024-11-01T00:10:00Z"
  const auto label = fmt::format("{} {},", iso.substr(0, 10), iso.substr(11, 8));
  std::size_t size = kHeader.size();
  for (const auto pool : shown_) {
    size += label.size() + pools_[pool].row.size();
  }
  std::string text;
  text.reserve(size);
  text += kHeader;
  for (const auto pool : shown_) {
    text += label;
    text += pools_[pool].row;
  }
  return text;
}

}  // namespace spotvane::spotlake
