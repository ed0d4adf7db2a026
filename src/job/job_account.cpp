// What a job has cost, and what its policy is shown.

#include "job/job_book.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spotvane::job {

namespace {

/// What may yet be spent on a worker before an order to end it takes effect.
constexpr Duration kToEnd = std::chrono::minutes{2};
constexpr int kAnyRoom = std::numeric_limits<int>::max();

}  // namespace

double JobBook::usd(const model::JobWorker& worker, TimePoint now) const {
  if (worker.cost) {
    return worker.cost->dollars();
  }
  return worker.running
             ? prices_.usd(worker.pool.is_on_demand ? model::WorkerPool{worker.pool.type, {}, true}
                                                    : worker.pool,
                           *worker.running, std::min(now, worker.ended.value_or(now)))
             : 0;
}

Bill JobBook::bill(TimePoint now) const {
  Bill bill;
  for (const auto& [number, worker] : workers_) {
    if (!worker.running) {
      continue;
    }
    const auto end = std::min(now, worker.ended.value_or(now));
    const auto hours = in_hours(billed_time(*worker.running, end));
    const auto cost = usd(worker, now);
    bill.instances += cost;
    bill.volumes += hours * spec_.worker_volume.dollars();
    const auto dear = prices_.on_demand(worker.pool.type);
    bill.on_demand += dear ? hours * dear->dollars() : cost;
  }
  const auto end = course_.ended.value_or(now);
  bill.manager = in_hours(end - spec_.head.begun) * spec_.manager_price.dollars();
  bill.on_demand += bill.volumes + bill.manager;
  return bill;
}

std::size_t JobBook::index_of(const model::WorkerPool& pool) const {
  const model::WorkerPool shown{pool.type, pool.is_on_demand ? model::ZoneName{} : pool.zone,
                                pool.is_on_demand};
  const auto found = index_.find(shown);
  return found != index_.end() ? found->second : pools_.size();
}

/// Of an hour, its volume included.
Money JobBook::highest_price(const model::WorkerPool& pool, TimePoint now) const {
  const auto price = prices_.at(pool, now).value_or(Money{});
  const auto limit = spec_.bid && !pool.is_on_demand
                         ? Money::from_dollars(price.dollars() * *spec_.bid)
                         : prices_.on_demand(pool.type).value_or(price);
  return std::max(price, limit) + spec_.worker_volume;
}

/// What is as good as spent: until each worker could be ended, and the least that each costs.
double JobBook::reserve(TimePoint now) const {
  double reserve = 0;
  std::map<model::WorkerPool, double> prices;
  for (const auto& [number, worker] : workers_) {
    if (!worker.ended) {
      const auto left = worker.running ? kToEnd : kToEnd + std::chrono::minutes{1};
      const auto price = prices.try_emplace(worker.pool, -1).first;
      if (price->second < 0) {
        price->second = highest_price(worker.pool, now).dollars();
      }
      reserve += price->second * in_hours(left);
    }
  }
  for (const auto& [number, launch] : launches_) {
    if (launch.is_open) {
      reserve += highest_price(launch.pool, now).dollars() * launch.count *
                 in_hours(kToEnd + std::chrono::minutes{1});
    }
  }
  return reserve;
}

std::optional<policy::Throughput> JobBook::measured(const model::InstanceType& type) const {
  const auto known = std::find_if(spec_.types.begin(), spec_.types.end(),
                                  [&](const WorkerType& one) { return one.type == type; });
  double sum = 0;
  double squares = 0;
  double told = 0;
  int count = 0;
  for (const auto& [number, worker] : workers_) {
    if (worker.pool.type == type && worker.report && worker.report->tasks_per_second > 0) {
      sum += worker.report->tasks_per_second;
      squares += worker.report->tasks_per_second * worker.report->tasks_per_second;
      told += worker.report->deviation;
      ++count;
    }
  }
  if (count == 0) {
    return known != spec_.types.end() ? known->measured : std::nullopt;
  }
  const auto mean = sum / count;
  const auto spread =
      count > 1 ? std::sqrt(std::max(0.0, (squares - count * mean * mean) / (count - 1))) : 0;
  return policy::Throughput{mean, std::max(spread, told / count)};
}

std::optional<Duration> JobBook::time_left() const {
  double rate = spec_.manager_rate;
  for (const auto& [number, worker] : workers_) {
    rate += worker.running && !worker.ended && worker.report ? worker.report->tasks_per_second : 0;
  }
  const auto seconds = (spec_.head.tasks - course_.tasks_done) / rate;
  return seconds < policy::seconds(spec_.interval)
             ? std::optional{Duration{std::llround(seconds * 1000)}}
             : std::nullopt;
}

/// From a launch to the first task, as it was seen so far.
Duration JobBook::changeover() const {
  constexpr Duration kUsual = std::chrono::seconds{45};
  Duration sum{0};
  int count = 0;
  for (const auto& [number, worker] : workers_) {
    if (worker.running) {
      sum += *worker.running - worker.launched;
      ++count;
    }
  }
  return (count > 0 ? sum / count : kUsual) + spec_.startup;
}

/// How many may be asked of the pool now: none while it is left alone, then one, to see whether it
/// has mended. Nobody ends a fleet for a pool that is as empty as before.
int JobBook::room_in(const model::WorkerPool& pool, TimePoint now) const {
  const auto closed = back_offs_.find(pool);
  if (closed == back_offs_.end()) {
    return kAnyRoom;
  }
  const auto& [of, until, last] = closed->second;
  if (now < until) {
    return 0;
  }
  const auto good = good_.find(pool);
  const bool is_mended = good != good_.end() && good->second >= until;
  return pool.is_on_demand || is_mended || now - until > last + kMended ? kAnyRoom : 1;
}

JobView JobBook::view(TimePoint now) const {
  std::map<model::InstanceType, std::optional<policy::Throughput>> rates;
  for (const auto& type : spec_.types) {
    rates.emplace(type.type, measured(type.type));
  }
  JobView view;
  for (const auto& pool : pools_) {
    const auto price = prices_.at(pool, now);
    policy::FleetPool shown{.type = pool.type.text(),
                            .zone = pool.zone.text(),
                            .is_on_demand = pool.is_on_demand,
                            .measured = rates.at(pool.type),
                            .room = room_in(pool, now)};
    if (price) {
      shown.price = *price + spec_.worker_volume;
      shown.highest_price = highest_price(pool, now);
    }
    view.pools.push_back(shown);
  }
  for (const auto& [number, worker] : workers_) {
    const auto pool = index_of(worker.pool);
    if (worker.ended || worker.ending || worker.is_leaving() || pool >= pools_.size()) {
      continue;
    }
    policy::Worker shown{.id = static_cast<std::uint64_t>(number),
                         .pool = pool,
                         .ready_for = worker.running ? now - *worker.running - spec_.startup
                                                     : -spec_.startup - Duration{1}};
    if (worker.report) {
      shown.reported = {worker.report->tasks_per_second, worker.report->deviation};
    }
    view.workers.push_back(shown);
  }
  const auto spent = bill(now).total() + reserve(now);
  view.seen = {.interval = spec_.interval,
               .tasks_done = course_.tasks_done,
               .spent = Money::from_micros(static_cast<std::int64_t>(std::ceil(spent * 1e6))),
               .manager_price = spec_.manager_price,
               .manager_rate = spec_.manager_rate,
               .pools = view.pools,
               .workers = view.workers};
  return view;
}

}  // namespace spotvane::job
