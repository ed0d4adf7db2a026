#include "market/market_book.hpp"

namespace spotvane::market {

PoolNumber PoolBook::number(const model::Pool& pool) {
  const auto [known, is_new] = numbers_.try_emplace(pool, static_cast<PoolNumber>(pools_.size()));
  if (is_new) {
    pools_.push_back(pool);
    by_region_[{pool.type, pool.region}].push_back(known->second);
  }
  return known->second;
}

std::optional<PoolNumber> PoolBook::find(const model::Pool& pool) const {
  const auto known = numbers_.find(pool);
  return known == numbers_.end() ? std::nullopt : std::optional{known->second};
}

std::span<const PoolNumber> PoolBook::in_region(const model::RegionalPool& pool) const {
  const auto known = by_region_.find(pool);
  return known == by_region_.end() ? std::span<const PoolNumber>{} : known->second;
}

std::vector<model::MarketChange> detect_changes(const PoolBook& pools, const MarketBook& before,
                                                const MarketBook& after, TimePoint at) {
  std::vector<model::MarketChange> changes;
  for (std::size_t i = 0; i < after.states.size(); ++i) {
    const bool was_offered = i < before.states.size() && before.is_offered[i] != 0;
    const bool is_offered = after.is_offered[i] != 0;
    if (is_offered && (!was_offered || before.states[i] != after.states[i])) {
      changes.push_back({at, pools.pool(static_cast<PoolNumber>(i)), false, after.states[i]});
    } else if (was_offered && !is_offered) {
      changes.push_back({at, pools.pool(static_cast<PoolNumber>(i)), true, {}});
    }
  }
  return changes;
}

}  // namespace spotvane::market
