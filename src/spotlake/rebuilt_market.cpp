#include "spotlake/rebuilt_market.hpp"

#include "market/market_archive.hpp"

#include <algorithm>

namespace spotvane::spotlake {

namespace {

constexpr Duration kInMemory = std::chrono::hours{1};

/// Over a longer time in which nothing is asked, beginning anew is quicker than all its rows.
constexpr Duration kLongGap = std::chrono::hours{24};

constexpr Duration kTick{1};

}  // namespace

Result<void> RebuiltMarket::advance(TimePoint moment) {
  if (!is_begun_ || moment - read_until_ > kLongGap) {
    return begin_at(moment);
  }
  while (true) {
    while (applied_ < ahead_.size() && ahead_[applied_].at <= moment) {
      apply(ahead_[applied_++]);
    }
    if (applied_ < ahead_.size() || read_until_ > moment) {
      return {};
    }
    if (auto read = read_changes(read_until_, read_until_ + kInMemory); !read) {
      return read;
    }
  }
}

Result<void> RebuiltMarket::begin_at(TimePoint moment) {
  const auto rows = market::market_at(state_, lake_, moment);
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  std::fill(is_offered_.begin(), is_offered_.end(), std::uint8_t{0});
  for (const auto& row : *rows) {
    apply(row);
  }
  is_begun_ = true;
  ahead_.clear();
  applied_ = 0;
  read_until_ = moment + kTick;
  return {};
}

Result<void> RebuiltMarket::read_changes(TimePoint from, TimePoint to) {
  auto rows = market::read_archive<std::vector<model::MarketChange>>(
      state_, [&](const std::vector<LakeFile>& files) { return lake_.changes(files, from, to); });
  if (!rows) {
    return tl::unexpected(std::move(rows.error()));
  }
  ahead_ = std::move(*rows);
  applied_ = 0;
  read_until_ = to;
  return {};
}

void RebuiltMarket::apply(const model::MarketChange& change) {
  const auto pool = numbers_.number(
      {change.pool.type.text(), change.pool.region.text(), change.pool.zone.text()});
  states_.resize(numbers_.size());
  is_offered_.resize(numbers_.size());
  states_[pool] = pack(change.state);
  is_offered_[pool] = change.has_ceased ? 0 : 1;
}

}  // namespace spotvane::spotlake
