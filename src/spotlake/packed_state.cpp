#include "spotlake/packed_state.hpp"

#include <limits>
#include <optional>

namespace spotvane::spotlake {

namespace {

// No number of ours: a missing one.
constexpr auto kNoNumber = std::numeric_limits<std::int16_t>::min();
constexpr auto kNoPrice = std::numeric_limits<std::int64_t>::min();

std::int64_t pack_price(const std::optional<Money>& price) {
  return price ? price->micros() : kNoPrice;
}

std::optional<Money> unpack_price(std::int64_t micros) {
  return micros == kNoPrice ? std::nullopt : std::optional{Money::from_micros(micros)};
}

std::optional<std::int16_t> unpack_number(std::int16_t number) {
  return number == kNoNumber ? std::nullopt : std::optional{number};
}

}  // namespace

PackedState pack(const model::MarketState& state) {
  return {.spot_price_micros = pack_price(state.spot_price),
          .on_demand_price_micros = pack_price(state.on_demand_price),
          .sps = state.sps.value_or(kNoNumber),
          .t2 = state.t2.value_or(kNoNumber),
          .t3 = state.t3.value_or(kNoNumber),
          .band = state.band.value_or(kNoNumber),
          .savings = state.savings.value_or(kNoNumber)};
}

model::MarketState unpack(const PackedState& packed) {
  return {.sps = unpack_number(packed.sps),
          .t2 = unpack_number(packed.t2),
          .t3 = unpack_number(packed.t3),
          .band = unpack_number(packed.band),
          .savings = unpack_number(packed.savings),
          .spot_price = unpack_price(packed.spot_price_micros),
          .on_demand_price = unpack_price(packed.on_demand_price_micros)};
}

}  // namespace spotvane::spotlake
