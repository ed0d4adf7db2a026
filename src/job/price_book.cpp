#include "job/price_book.hpp"

#include <algorithm>
#include <iterator>

namespace spotvane::job {

namespace {

constexpr Duration kBilledHour = std::chrono::hours{1};
constexpr Duration kLeastBilled = std::chrono::minutes{1};

Money price_at(const std::map<TimePoint, Money>& course, TimePoint time) {
  const auto next = course.upper_bound(time);
  return next == course.begin() ? next->second : std::prev(next)->second;
}

}  // namespace

void PriceBook::set_on_demand(const model::InstanceType& type, Money price) {
  on_demand_[type] = price;
}

void PriceBook::add(const std::vector<model::SpotPrice>& changes) {
  for (const auto& one : changes) {
    spot_[{one.type, one.zone_name, false}].emplace(one.at, one.price_per_hour);
  }
}

std::optional<Money> PriceBook::on_demand(const model::InstanceType& type) const {
  const auto found = on_demand_.find(type);
  return found != on_demand_.end() ? std::optional{found->second} : std::nullopt;
}

std::optional<Money> PriceBook::at(const model::WorkerPool& pool, TimePoint time) const {
  if (pool.is_on_demand) {
    return on_demand(pool.type);
  }
  const auto course = spot_.find(pool);
  if (course == spot_.end()) {
    return std::nullopt;
  }
  return price_at(course->second, time);
}

Duration billed_time(TimePoint from, TimePoint to) {
  return to > from ? std::max(to - from, kLeastBilled) : Duration{0};
}

double PriceBook::usd(const model::WorkerPool& pool, TimePoint from, TimePoint to) const {
  const auto end = from + billed_time(from, to);
  const auto always = pool.is_on_demand ? on_demand(pool.type) : std::nullopt;
  const auto course = pool.is_on_demand ? spot_.end() : spot_.find(pool);
  if (!always && course == spot_.end()) {
    return 0;
  }
  double usd = 0;
  for (auto hour = from; hour < end; hour += kBilledHour) {
    const auto price = always ? *always : price_at(course->second, hour);
    const auto length = std::min(end - hour, kBilledHour);
    usd += price.dollars() * static_cast<double>(length.count()) /
           static_cast<double>(kBilledHour.count());
  }
  return usd;
}

}  // namespace spotvane::job
