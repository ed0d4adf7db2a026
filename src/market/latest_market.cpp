#include "market/latest_market.hpp"

#include "market/latest_market_text.hpp"
#include "market/market_archive.hpp"

#include <algorithm>

namespace spotvane::market {

namespace {

constexpr auto kMarketNote = "latest_market";

Result<LatestMarket> read_archive_at(StateStore& state, Lake& lake, TimePoint cycle) {
  return market_at(state, lake, cycle).map([&](std::vector<model::MarketChange> rows) {
    LatestMarket market{.cycle = cycle, .pools = {}};
    market.pools.reserve(rows.size());
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.pool < b.pool; });
    for (auto& row : rows) {
      market.pools.push_back({std::move(row.pool), row.state});
    }
    return market;
  });
}

}  // namespace

Result<void> save_latest_market(StateStore& state, TimePoint cycle, const MarketPicture& picture) {
  LatestMarketWriter writer;
  const auto& book = picture.book();
  for (PoolNumber number = 0; number < book.states.size(); ++number) {
    if (book.is_offered[number] != 0) {
      writer.add(picture.pools().pool(number), book.states[number]);
    }
  }
  return state.save_note(kMarketNote, writer.text(cycle));
}

Result<void> forget_latest_market(StateStore& state) {
  return state.save_note(kMarketNote, "");
}

Result<std::optional<LatestMarket>> latest_market(StateStore& state, Lake& lake) {
  const auto kept = state.note(kMarketNote);
  const auto latest = state.latest_cycle();
  if (!kept || !latest) {
    return tl::unexpected(!kept ? kept.error() : latest.error());
  }
  if (!*latest) {
    return std::nullopt;
  }
  auto market = parse_latest_market(kept->value_or(""));
  if (market && market->cycle == **latest) {
    return market;
  }
  return read_archive_at(state, lake, **latest).map([](LatestMarket read) {
    return std::optional{std::move(read)};
  });
}

}  // namespace spotvane::market
