#pragma once

#include "model/market_row.hpp"

#include <optional>

namespace spotvane::market {

/// What the account itself has seen of a pool.
struct OwnOutcomes {
  int launches = 0;     ///< asked for
  int fulfilled = 0;    ///< of them
  int instances = 0;    ///< that ran
  int interrupted = 0;  ///< of them
};

/// Weights of the terms. An own outcome's weight grows with what it rests on, towards this: n
/// launches weigh `n / (n + kOwnHalf)` of it.
inline constexpr double kPlacementWeight = 4;
inline constexpr double kSteadinessWeight = 3;
inline constexpr double kDiscountWeight = 1;
inline constexpr double kLaunchWeight = 4;
inline constexpr double kSurvivalWeight = 3;
inline constexpr double kOwnHalf = 5;

/// What an undecided term of one half weighs that every total has: so a pool of which little is
/// known is neither praised nor blamed much for that little.
inline constexpr double kDoubtWeight = 4;

/// How likely a pool is to give and keep capacity: terms from 0, bad, to 1, good, and their total.
/// A term of which nothing is known is absent, and weighs nothing; without any there is no total.
struct Availability {
  std::optional<double> total;       ///< weighted mean of the terms there are and of doubt
  std::optional<double> placement;   ///< (SPS - 1) / 9
  std::optional<double> steadiness;  ///< 1 - band / 4
  std::optional<double> discount;    ///< 1 - spot / on-demand, at least 0; else the savings
  std::optional<double> launches;    ///< own: fulfilled / asked for
  std::optional<double> survival;    ///< own: 1 - interrupted / ran
  double weight = 0.0;               ///< of the terms there are

  friend bool operator==(const Availability&, const Availability&) = default;
};

/// Scores a pool by its state, and by what the account itself has seen of it, where it has.
Availability availability(const model::MarketState& state,
                          const std::optional<OwnOutcomes>& own = {});

}  // namespace spotvane::market
