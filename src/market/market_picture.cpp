#include "market/market_picture.hpp"

#include "base/assert.hpp"
#include "market/capacity_sweep.hpp"

#include <algorithm>
#include <map>

namespace spotvane::market {

namespace {

template <typename Name>
bool contains(const std::vector<Name>& names, const Name& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

PoolNumber MarketPicture::touch(const model::Pool& pool) {
  const auto known = pools_.size();
  const auto number = pools_.number(pool);
  if (pools_.size() > known) {
    pools_of_region_[pool.region].push_back(number);
    next_.resize(pools_.size());
    marks_.resize(pools_.size());
    price_times_.resize(pools_.size());
  }
  return number;
}

void MarketPicture::restore(const std::vector<model::MarketChange>& rows) {
  SPOTVANE_ASSERT(pools_.size() == 0);
  for (const auto& row : rows) {
    const auto number = touch(row.pool);
    next_.states[number] = row.state;
    next_.is_offered[number] = 1;
    regions_.insert(row.pool.region);
    const model::RegionalPool regional{row.pool.type, row.pool.region};
    if (row.state.band) {
      advice_.insert_or_assign(regional, Advice{*row.state.band, row.state.savings.value_or(0)});
    }
    if (row.state.on_demand_price) {
      on_demand_.insert_or_assign(regional, *row.state.on_demand_price);
    }
  }
  accept();
}

void MarketPicture::set_zones(const model::Region& region, const std::vector<model::Zone>& zones) {
  auto& names = zones_[region];
  names.clear();
  for (const auto& zone : zones) {
    names.emplace(zone.name, zone.id);
  }
}

void MarketPicture::begin_cycle() {
  next_ = book_;
  next_.resize(pools_.size());
  marks_.assign(pools_.size(), ScoreMark::None);
  read_regions_.clear();
}

std::size_t MarketPicture::apply_prices(const model::Region& region,
                                        std::span<const model::SpotPrice> prices) {
  read_regions_.insert(region);
  for (const auto number : pools_of_region_[region]) {
    next_.states[number].spot_price.reset();
  }
  const auto& names = zones_[region];
  std::size_t unknown = 0;
  model::Pool pool{.type = {}, .region = region, .zone = {}};
  for (const auto& price : prices) {
    pool.type = price.type;
    pool.zone = price.zone_id;
    if (pool.zone.empty()) {
      const auto name = names.find(price.zone_name);
      if (name == names.end()) {
        ++unknown;
        continue;
      }
      pool.zone = name->second;
    }
    const auto number = touch(pool);
    auto& current = next_.states[number].spot_price;
    if (!current || price.at >= price_times_[number]) {
      current = price.price_per_hour;
      price_times_[number] = price.at;
    }
  }
  return unknown;
}

void MarketPicture::apply_advisor(std::span<const model::AdvisorEntry> entries) {
  advice_.clear();
  for (const auto& entry : entries) {
    if (entry.os == "Linux" && regions_.contains(entry.region)) {
      advice_.insert_or_assign({entry.type, entry.region},
                               Advice{entry.band, entry.savings_percent});
    }
  }
}

void MarketPicture::apply_on_demand(const model::Region& region,
                                    std::span<const model::OnDemandPrice> prices) {
  std::erase_if(on_demand_, [&](const auto& one) { return one.first.region == region; });
  for (const auto& price : prices) {
    on_demand_.insert_or_assign({price.type, region}, price.price_per_hour);
  }
}

bool MarketPicture::is_listed(const model::Pool& pool) const {
  const auto number = pools_.find(pool);
  return number && (next_.is_offered[*number] != 0 || next_.states[*number].spot_price);
}

void MarketPicture::set_sweep(std::vector<int> capacities, int score_capacity) {
  sweep_ = std::move(capacities);
  score_capacity_ = score_capacity;
}

/// Every known pool that the query asks about.
template <typename Use>
void MarketPicture::for_each_asked(const model::ScoreQuery& query, Use use) {
  for (const auto& type : query.types) {
    for (const auto& region : query.regions) {
      for (const auto number : pools_.in_region({type, region})) {
        if (pools_.pool(number).zone.empty() != query.single_zone) {
          use(number);
        }
      }
    }
  }
}

/// Every pool that the answer scores.
template <typename Use>
void MarketPicture::for_each_scored(const model::ScoreQuery& query,
                                    std::span<const model::PlacementScore> scores, Use use) {
  for (const auto& type : query.types) {
    for (const auto& score : scores) {
      const model::Pool pool{type, score.region, score.zone};
      // The answer to several types at once does not say which of them a place offers.
      const bool is_known = query.types.size() == 1 || is_listed(pool);
      if (is_known && contains(query.regions, score.region) &&
          score.zone.empty() != query.single_zone) {
        use(touch(pool), score.score);
      }
    }
  }
}

void MarketPicture::apply_scores(const model::ScoreQuery& query,
                                 std::span<const model::PlacementScore> scores) {
  const bool is_sweep = sweep_.size() > 1;
  const bool is_sps = !is_sweep || query.target_capacity == score_capacity_;
  for_each_asked(query, [&](PoolNumber number) {
    auto& state = next_.states[number];
    if (is_sps) {
      state.sps.reset();
    }
    if (!is_sweep) {
      state.t2.reset();
      state.t3.reset();
      marks_[number] = ScoreMark::None;
    } else if (marks_[number] == ScoreMark::None) {
      marks_[number] = ScoreMark::Kept;  // for the other capacities
    }
  });
  for_each_scored(query, scores, [&](PoolNumber number, int score) {
    auto& state = next_.states[number];
    if (is_sps) {
      state.sps = static_cast<std::int16_t>(score);
    }
    if (is_sweep) {
      const auto reach = after_score({state.t2, state.t3}, score, query.target_capacity, sweep_);
      state.t2 = reach.t2;
      state.t3 = reach.t3;
    }
    marks_[number] = ScoreMark::Fresh;
  });
}

void MarketPicture::keep_scores(const model::ScoreQuery& query) {
  for_each_asked(query, [&](PoolNumber number) {
    if (marks_[number] == ScoreMark::None) {
      marks_[number] = ScoreMark::Kept;
    }
  });
}

std::vector<OfferedPool> MarketPicture::offered() const {
  std::map<model::RegionalPool, int> zones;
  for (PoolNumber number = 0; number < pools_.size(); ++number) {
    const auto& pool = pools_.pool(number);
    const bool is_read = read_regions_.contains(pool.region);
    if (!regions_.contains(pool.region) ||
        (is_read ? !next_.states[number].spot_price : next_.is_offered[number] == 0)) {
      continue;
    }
    auto& count = zones[{pool.type, pool.region}];
    count += pool.zone.empty() ? 0 : 1;
  }
  for (const auto& [pool, advice] : advice_) {
    if (!read_regions_.contains(pool.region)) {
      zones.try_emplace(pool, 0);
    }
  }
  std::vector<OfferedPool> offered;
  for (const auto& [pool, count] : zones) {
    const auto known = zones_.find(pool.region);
    const int in_region = known == zones_.end() ? 1 : static_cast<int>(known->second.size());
    offered.push_back({pool, std::max(1, count > 0 ? count : in_region)});
  }
  return offered;
}

void MarketPicture::fill_in(PoolNumber number) {
  const auto& pool = pools_.pool(number);
  auto& state = next_.states[number];
  const model::RegionalPool regional{pool.type, pool.region};
  const auto advice = advice_.find(regional);
  state.band.reset();
  state.savings.reset();
  if (advice != advice_.end()) {
    state.band = static_cast<std::int16_t>(advice->second.band);
    state.savings = static_cast<std::int16_t>(advice->second.savings_percent);
  }
  const auto on_demand = on_demand_.find(regional);
  state.on_demand_price.reset();
  if (on_demand != on_demand_.end()) {
    state.on_demand_price = on_demand->second;
  }
}

void MarketPicture::settle_zones() {
  for (PoolNumber number = 0; number < pools_.size(); ++number) {
    const auto& pool = pools_.pool(number);
    auto& state = next_.states[number];
    if (marks_[number] == ScoreMark::None) {
      state.sps.reset();
      state.t2.reset();
      state.t3.reset();
    }
    if (pool.zone.empty()) {
      continue;  // decided once it is known which zones there are
    }
    const bool was_offered = number < book_.is_offered.size() && book_.is_offered[number] != 0;
    const bool is_offered = state.spot_price || marks_[number] == ScoreMark::Fresh ||
                            (was_offered && !read_regions_.contains(pool.region));
    next_.is_offered[number] = is_offered ? 1 : 0;
  }
}

void MarketPicture::settle_regions() {
  for (const auto& [regional, advice] : advice_) {
    const auto numbers = pools_.in_region(regional);
    const bool has_zone = std::any_of(numbers.begin(), numbers.end(), [&](PoolNumber number) {
      return !pools_.pool(number).zone.empty() && next_.is_offered[number] != 0;
    });
    if (!has_zone) {
      touch({regional.type, regional.region, {}});
    }
  }
  for (PoolNumber number = 0; number < pools_.size(); ++number) {
    const auto& pool = pools_.pool(number);
    if (!pool.zone.empty()) {
      continue;
    }
    const model::RegionalPool regional{pool.type, pool.region};
    const auto numbers = pools_.in_region(regional);
    const bool has_zone = std::any_of(numbers.begin(), numbers.end(), [&](PoolNumber other) {
      return !pools_.pool(other).zone.empty() && next_.is_offered[other] != 0;
    });
    const auto& state = next_.states[number];
    const bool is_scored = state.sps || state.t2 || state.t3;
    const bool is_offered = is_scored || (!has_zone && advice_.contains(regional));
    next_.is_offered[number] = is_offered ? 1 : 0;
  }
}

/// Nobody looked at the pool's region, so nothing but a score can have been learnt of it.
void MarketPicture::leave(PoolNumber number) {
  if (marks_[number] == ScoreMark::Fresh) {
    next_.is_offered[number] = 1;
    return;
  }
  const bool was_offered = number < book_.is_offered.size() && book_.is_offered[number] != 0;
  next_.is_offered[number] = was_offered ? 1 : 0;
  next_.states[number] = was_offered ? book_.states[number] : model::MarketState{};
}

void MarketPicture::settle() {
  settle_zones();
  settle_regions();
  for (PoolNumber number = 0; number < pools_.size(); ++number) {
    if (!regions_.contains(pools_.pool(number).region)) {
      leave(number);
    } else if (next_.is_offered[number] != 0) {
      fill_in(number);
    } else {
      next_.is_offered[number] = 0;
      next_.states[number] = {};
    }
  }
}

std::vector<model::MarketChange> MarketPicture::changes(TimePoint at) {
  settle();
  auto found = detect_changes(pools_, book_, next_, at);
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.pool < b.pool; });
  return found;
}

std::size_t MarketPicture::pool_count() const {
  std::size_t count = 0;
  for (PoolNumber number = 0; number < next_.is_offered.size(); ++number) {
    const bool counts =
        next_.is_offered[number] != 0 && regions_.contains(pools_.pool(number).region);
    count += counts ? 1 : 0;
  }
  return count;
}

}  // namespace spotvane::market
