#include "replay/fleet_market.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace spotvane::replay {

PriceCourse::PriceCourse(std::vector<PriceStep> steps) : steps_{std::move(steps)} {
  SPOTVANE_ASSERT(!steps_.empty());
  usd_before_.push_back(0);
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    usd_before_.push_back(usd_before_.back() + steps_[i - 1].price.dollars() *
                                                   in_hours(steps_[i].at - steps_[i - 1].at));
  }
}

PriceCourse::PriceCourse(Money price) : PriceCourse{std::vector<PriceStep>{{TimePoint{}, price}}} {}

std::size_t PriceCourse::index(TimePoint time) const {
  const auto next =
      std::upper_bound(steps_.begin(), steps_.end(), time,
                       [](TimePoint at, const PriceStep& step) { return at < step.at; });
  return next == steps_.begin() ? steps_.size()
                                : static_cast<std::size_t>(next - steps_.begin()) - 1;
}

std::optional<Money> PriceCourse::at(TimePoint time) const {
  const auto step = index(time);
  return step < steps_.size() ? std::optional{steps_[step].price} : std::nullopt;
}

double PriceCourse::usd_until(TimePoint time) const {
  const auto step = index(time);
  return step < steps_.size()
             ? usd_before_[step] + steps_[step].price.dollars() * in_hours(time - steps_[step].at)
             : 0;
}

double PriceCourse::usd(TimePoint from, TimePoint to) const {
  return to > from ? usd_until(to) - usd_until(from) : 0;
}

std::optional<TimePoint> PriceCourse::first_above(Money bid, TimePoint from, TimePoint to) const {
  const auto first = index(from);
  for (auto step = first < steps_.size() ? first : 0; step < steps_.size(); ++step) {
    if (steps_[step].at >= to) {
      return std::nullopt;
    }
    if (steps_[step].price > bid) {
      return std::max(from, steps_[step].at);
    }
  }
  return std::nullopt;
}

int room_at(const MarketPool& pool, TimePoint time) {
  if (pool.room.empty()) {
    return std::numeric_limits<int>::max();
  }
  const auto next =
      std::upper_bound(pool.room.begin(), pool.room.end(), time,
                       [](TimePoint at, const RoomStep& step) { return at < step.at; });
  return next == pool.room.begin() ? 0 : std::prev(next)->room;
}

std::optional<TimePoint> first_below(const MarketPool& pool, int count, TimePoint from,
                                     TimePoint to) {
  if (pool.room.empty() || count <= 0) {
    return std::nullopt;
  }
  if (room_at(pool, from) < count) {
    return from;
  }
  const auto next =
      std::upper_bound(pool.room.begin(), pool.room.end(), from,
                       [](TimePoint at, const RoomStep& step) { return at < step.at; });
  const auto found = std::find_if(next, pool.room.end(), [&](const RoomStep& step) {
    return step.at >= to || step.room < count;
  });
  return found != pool.room.end() && found->at < to ? std::optional{found->at} : std::nullopt;
}

}  // namespace spotvane::replay
