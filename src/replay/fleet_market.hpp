#pragma once

#include "policy/fleet.hpp"
#include "replay/price_log.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::replay {

/// What an hour in one pool costs as time goes.
class PriceCourse {
 public:
  /// `steps` by time.
  explicit PriceCourse(std::vector<PriceStep> steps);
  /// Always the same.
  explicit PriceCourse(Money price);

  /// None before the first step.
  std::optional<Money> at(TimePoint time) const;
  Money last() const { return steps_.back().price; }
  TimePoint first_time() const { return steps_.front().at; }
  TimePoint last_time() const { return steps_.back().at; }

  /// What an instance costs from one moment to another; nothing before the first step.
  double usd(TimePoint from, TimePoint to) const;

  /// When in [from, to) the price first is above `bid`.
  std::optional<TimePoint> first_above(Money bid, TimePoint from, TimePoint to) const;

 private:
  /// The step in force; past the last where there is none yet.
  std::size_t index(TimePoint time) const;
  double usd_until(TimePoint time) const;

  std::vector<PriceStep> steps_;
  std::vector<double> usd_before_;  ///< of an instance from the first step to each
};

/// How many instances a pool has room for, from then on.
struct RoomStep {
  TimePoint at;
  int room;
};

struct MarketPool {
  std::string type;
  std::string zone;
  bool is_on_demand = false;
  PriceCourse price;
  std::vector<RoomStep> room = {};  ///< by time; none: as many as one likes. Before the first: none
  std::optional<policy::Throughput> measured = {};  ///< of the type
};

/// All that a fleet meets, for as long as it is known.
struct FleetMarket {
  std::vector<MarketPool> pools;
  TimePoint begin;
  TimePoint end;
};

int room_at(const MarketPool& pool, TimePoint time);

/// When in [from, to) there is first room for fewer than `count`.
std::optional<TimePoint> first_below(const MarketPool& pool, int count, TimePoint from,
                                     TimePoint to);

}  // namespace spotvane::replay
