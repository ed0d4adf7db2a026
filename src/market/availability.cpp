#include "market/availability.hpp"

#include "model/advisor.hpp"
#include "model/placement_score.hpp"

#include <algorithm>

namespace spotvane::market {

namespace {

struct Term {
  std::optional<double> value;
  double weight = 0.0;
};

std::optional<double> placement(const model::MarketState& state) {
  if (!state.sps) {
    return std::nullopt;
  }
  constexpr double kSpan = model::kBestScore - model::kWorstScore;
  return std::clamp((*state.sps - model::kWorstScore) / kSpan, 0.0, 1.0);
}

std::optional<double> steadiness(const model::MarketState& state) {
  if (!state.band) {
    return std::nullopt;
  }
  constexpr double kSpan = model::kInterruptionBands - 1;
  return std::clamp(1 - *state.band / kSpan, 0.0, 1.0);
}

/// The price of now says more than the advisor's savings, which are a month's.
std::optional<double> discount(const model::MarketState& state) {
  if (state.spot_price && state.on_demand_price && state.on_demand_price->micros() > 0) {
    const double ratio = state.spot_price->dollars() / state.on_demand_price->dollars();
    return std::clamp(1 - ratio, 0.0, 1.0);
  }
  if (state.savings) {
    return std::clamp(*state.savings / 100.0, 0.0, 1.0);
  }
  return std::nullopt;
}

/// A share of `all`, of the more weight the more there are.
Term share(int good, int all, double most_weight) {
  if (all <= 0) {
    return {};
  }
  return {std::clamp(static_cast<double>(good) / all, 0.0, 1.0),
          most_weight * all / (all + kOwnHalf)};
}

}  // namespace

Availability availability(const model::MarketState& state, const std::optional<OwnOutcomes>& own) {
  const auto seen = own.value_or(OwnOutcomes{});
  const auto launches = share(seen.fulfilled, seen.launches, kLaunchWeight);
  const auto survival = share(seen.instances - seen.interrupted, seen.instances, kSurvivalWeight);
  Availability found{.total = {},
                     .placement = placement(state),
                     .steadiness = steadiness(state),
                     .discount = discount(state),
                     .launches = launches.value,
                     .survival = survival.value};
  double sum = 0.0;
  for (const auto& term :
       {Term{found.placement, kPlacementWeight}, Term{found.steadiness, kSteadinessWeight},
        Term{found.discount, kDiscountWeight}, launches, survival}) {
    if (term.value) {
      sum += term.weight * *term.value;
      found.weight += term.weight;
    }
  }
  if (found.weight > 0) {
    found.total = (sum + kDoubtWeight / 2) / (found.weight + kDoubtWeight);
  }
  return found;
}

}  // namespace spotvane::market
