#pragma once

#include "base/time.hpp"
#include "model/catalog.hpp"
#include "model/placement_score.hpp"
#include "sim/capacity_process.hpp"
#include "sim/price_process.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace spotvane::sim {

/// AWS's spot market as a function of time: the same seed and moment always show the same market,
/// whoever looked at what before. Safe to read from several threads.
///
/// Each pool (a type in a zone) has a capacity that drifts around a level of its own, in part
/// together with its family's other pools; scores follow from capacity. Prices rest at on-demand
/// less the advisor's savings or drift above that; where capacity is short for weeks, prices rise
/// and the advisor's bands too.
class SpotMarket {
 public:
  /// How far back AWS's price history reaches.
  static constexpr Duration kPriceHistory = std::chrono::days{90};

  SpotMarket(std::shared_ptr<const model::Catalog> catalog, std::uint64_t seed);

  const model::Catalog& catalog() const { return *catalog_; }

  /// As AWS scores: places that offer at least one of the types for spot, best first, ten at most;
  /// 1..10, and 1..3 where the query names fewer than three types. No regions means all.
  std::vector<model::PlacementScore> placement_scores(const model::ScoreQuery& query,
                                                      TimePoint at) const;

  /// Each pool's price changes in (from, to] and its last one at or before `from`, newest first; no
  /// types means all. A change may repeat the price before it, as AWS's do. What is older than
  /// `kPriceHistory` before `to` is forgotten, but for each pool's last.
  std::vector<model::SpotPrice> price_changes(
      const model::Region& region, TimePoint from, TimePoint to,
      std::span<const model::InstanceType> types = {}) const;

  /// The price in force; none where the pool is not offered for spot.
  std::optional<Money> price(const model::Pool& pool, TimePoint at) const;

  /// How many instances the pool could still start; none where it is not offered for spot.
  std::optional<double> capacity(const model::Pool& pool, TimePoint at) const;

  /// The Spot Advisor's data as of its last publication.
  std::vector<model::AdvisorEntry> advisor(TimePoint at) const;

  /// When that was: a few times a day.
  TimePoint advisor_published(TimePoint at) const;

 private:
  struct MarketPool {
    std::uint32_t type;  // of catalog_->types
    std::uint32_t zone;  // of catalog_->zones
    CapacityProcess capacity;
    PriceProcess price;
  };
  struct PriceChange {
    PriceRow row;
    std::uint32_t pool;  // of pools_
  };
  using Pools = std::span<const MarketPool>;
  using Index = std::unordered_map<std::string_view, std::uint32_t>;  // keys live in the catalog

  void add_pools(std::uint64_t seed);
  Pools pools_of(std::uint32_t region) const;
  Pools pools_of(std::uint32_t region, std::uint32_t type) const;
  const MarketPool* find(const model::Pool& pool) const;
  double shortage(Pools pools, TimePoint at) const;
  int savings_percent(const model::AdvisorEntry& entry, Pools pools, TimePoint at) const;
  double units_per_instance(const MarketPool& pool, model::CapacityUnit unit) const;
  void append_changes(Pools pools, TimePoint from, TimePoint to,
                      std::vector<PriceChange>& changes) const;

  std::shared_ptr<const model::Catalog> catalog_;
  std::uint64_t advisor_key_;
  Index type_index_;
  Index region_index_;
  Index zone_index_;
  std::vector<MarketPool> pools_;                                      // by region, type, zone
  std::vector<std::pair<std::uint32_t, std::uint32_t>> region_pools_;  // [first, second) of pools_
};

}  // namespace spotvane::sim
