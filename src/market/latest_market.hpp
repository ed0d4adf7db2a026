#pragma once

#include "market/market_picture.hpp"
#include "model/market_row.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::market {

/// Where the market stands: every pool there is, as it was in the latest cycle.
struct LatestMarket {
  TimePoint cycle;
  std::vector<model::PoolState> pools;  ///< each once, those of a type together

  friend bool operator==(const LatestMarket&, const LatestMarket&) = default;
};

/// Keeps the market as it stands after `cycle`, so that it can be had without reading the archive.
/// Only once that cycle is stored.
Result<void> save_latest_market(StateStore& state, TimePoint cycle, const MarketPicture& picture);

/// Makes `latest_market` read the archive, until the next cycle.
Result<void> forget_latest_market(StateStore& state);

/// Where the market stands; nothing where there was no cycle yet. What was kept of it serves only
/// if it is of the very latest cycle: else the archive is read, which takes longer and gives the
/// same.
Result<std::optional<LatestMarket>> latest_market(StateStore& state, Lake& lake);

/// As `parse_latest_market` reads it; empty where one of the names has a blank in it or none is
/// there: that cannot be written.
std::string latest_market_text(const LatestMarket& market);

/// Nothing where it is no such text, whole.
std::optional<LatestMarket> parse_latest_market(std::string_view text);

}  // namespace spotvane::market
