#include "policy/schedule.hpp"

namespace spotvane::policy {

namespace {

Duration floor_to(Duration time, Duration interval) {
  const auto rest = time % interval;
  return rest.count() < 0 ? time - rest - interval : time - rest;
}

Duration ceil_to(Duration time, Duration interval) {
  return -floor_to(-time, interval);
}

}  // namespace

Schedule::Schedule(const Job& job, const Observation& seen, Duration now)
    : time_left{floor_to(job.deadline - now, seen.interval)},
      need_one{ceil_to(job.work - seen.done + job.changeover, seen.interval)},
      need_two{ceil_to(job.work - seen.done + 2 * job.changeover, seen.interval)} {}

std::optional<Placement> nearest_spot(const Observation& seen) {
  return nearest_spot(seen, std::nullopt);
}

std::optional<Placement> nearest_spot(const Observation& seen,
                                      std::optional<std::uint16_t> last_choice) {
  if (seen.current.mode == Mode::Spot) {
    return seen.current;
  }
  std::optional<std::size_t> best;
  for (std::size_t zone = 0; zone < seen.zones.size(); ++zone) {
    if (!seen.zones[zone].has_spot) {
      continue;
    }
    if (!best || *best == last_choice ||
        (zone != last_choice && seen.zones[zone].spot_price < seen.zones[*best].spot_price)) {
      best = zone;
    }
  }
  if (!best) {
    return std::nullopt;
  }
  return Placement{.mode = Mode::Spot, .zone = static_cast<std::uint16_t>(*best)};
}

bool works_on_spot(const Observation& seen) {
  return seen.current.mode == Mode::Spot && seen.changeover_left <= Duration::zero();
}

}  // namespace spotvane::policy
