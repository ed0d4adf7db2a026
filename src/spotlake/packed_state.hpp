#pragma once

#include "model/market_row.hpp"

#include <cstdint>

namespace spotvane::spotlake {

/// What is known of a pool in half the memory: snapshots have tens of thousands of them.
struct PackedState {
  std::int64_t spot_price_micros;
  std::int64_t on_demand_price_micros;
  std::int16_t sps;
  std::int16_t t2;
  std::int16_t t3;
  std::int16_t band;
  std::int16_t savings;

  friend bool operator==(const PackedState&, const PackedState&) = default;
};

PackedState pack(const model::MarketState& state);
model::MarketState unpack(const PackedState& packed);

}  // namespace spotvane::spotlake
