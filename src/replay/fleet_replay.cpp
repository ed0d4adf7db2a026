#include "replay/fleet_replay.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::replay {

namespace {

using policy::FoundingDefect;

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

struct RunningWorker {
  std::uint64_t id;
  std::size_t pool;
  TimePoint ready;
  std::optional<Money> bid;
  std::optional<policy::Throughput> reported = {};
};

struct PoolFate {
  TimePoint closed_until = {};
  Duration back_off = {};
};

class FleetRun {
 public:
  FleetRun(const policy::FleetJob& job, const FleetMarket& market, const FleetWorld& world,
           TimePoint start, Random random)
      : job_{job},
        market_{market},
        world_{world},
        start_{start},
        at_{start},
        random_{random},
        fates_(market.pools.size(), PoolFate{.back_off = world.back_off}) {
    for (const auto& pool : market.pools) {
      shown_pools_.push_back({.type = pool.type,
                              .zone = pool.zone,
                              .is_on_demand = pool.is_on_demand,
                              .measured = pool.measured});
      if (!pool.is_on_demand && world.losses_per_hour > 0) {
        shown_pools_.back().lifetime =
            Duration{static_cast<std::int64_t>(3.6e6 / world.losses_per_hour)};
      }
      ceilings_.push_back(pool.is_on_demand ? std::nullopt : on_demand_of(pool.type));
    }
  }

  FleetOutcome run(const policy::FleetPolicy& policy) {
    if (has(world_.defects, FoundingDefect::ManagerRow)) {
      return outcome_;  // the founding program ends here, by an index beyond the only row
    }
    while (!outcome_.is_done && at_ < market_.end) {
      ++outcome_.looks;
      const auto seen = look();
      auto decision = policy.decide(job_, seen, memory_, at_ - start_);
      if (has(world_.defects, FoundingDefect::SilentRaise)) {
        decision.holds_for = world_.interval;
      } else {
        decision = policy::keep_budget(job_, seen, memory_, std::move(decision));
      }
      note(decision);
      if (decision.is_stopped) {
        break;
      }
      end_workers(decision.endings);
      for (const auto& order : decision.launches) {
        launch(order);
      }
      work_until(at_ + std::min(decision.holds_for, Duration{market_.end - at_}));
    }
    outcome_.time = at_ - start_;
    outcome_.cost_usd = outcome_.workers_usd + manager_usd();
    outcome_.is_late = job_.deadline && (!outcome_.is_done || outcome_.time > *job_.deadline);
    return outcome_;
  }

 private:
  std::optional<std::size_t> on_demand_of(const std::string& type) const {
    const auto found = std::find_if(
        market_.pools.begin(), market_.pools.end(),
        [&](const MarketPool& pool) { return pool.is_on_demand && pool.type == type; });
    return found != market_.pools.end()
               ? std::optional{static_cast<std::size_t>(found - market_.pools.begin())}
               : std::nullopt;
  }

  double manager_usd() const { return in_hours(at_ - start_) * world_.manager_price.dollars(); }

  /// Of an hour on a worker, its volume included.
  std::optional<Money> price(const MarketPool& pool, TimePoint time) const {
    const auto price = has(world_.defects, FoundingDefect::LivePrices)
                           ? std::optional{pool.price.last()}
                           : pool.price.at(time);
    return price ? std::optional{*price + world_.volume} : std::nullopt;
  }

  /// The founding program pays for a price it does not know, too: minus a dollar.
  double usd(const MarketPool& pool, TimePoint from, TimePoint to) const {
    const auto volume = in_hours(to - from) * world_.volume.dollars();
    if (has(world_.defects, FoundingDefect::LivePrices)) {
      return in_hours(to - from) * pool.price.last().dollars() + volume;
    }
    if (has(world_.defects, FoundingDefect::MissingPrice) && !pool.price.at(from)) {
      return -in_hours(to - from) + volume;
    }
    return pool.price.usd(from, to) + volume;
  }

  policy::FleetObservation look() {
    running_.assign(market_.pools.size(), 0);
    shown_workers_.clear();
    for (const auto& worker : workers_) {
      ++running_[worker.pool];
      shown_workers_.push_back({worker.id, worker.pool, at_ - worker.ready, worker.reported});
    }
    for (std::size_t i = 0; i < shown_pools_.size(); ++i) {
      show_pool(i);
    }
    for (const auto& worker : workers_) {
      auto& shown = shown_pools_[worker.pool];
      if (worker.bid && shown.highest_price) {
        shown.highest_price = std::max(*shown.highest_price, *worker.bid + world_.volume);
      }
    }
    return {.interval = world_.interval,
            .tasks_done = outcome_.tasks,
            // Up to the next millionth: what is shown as left must be left.
            .spent = Money::from_micros(static_cast<std::int64_t>(
                std::ceil((outcome_.workers_usd + manager_usd()) * 1e6 - 1e-6))),
            .manager_price = world_.manager_price,
            .manager_rate = world_.manager_rate,
            .pools = shown_pools_,
            .workers = shown_workers_};
  }

  void show_pool(std::size_t i) {
    const auto& pool = market_.pools[i];
    auto& shown = shown_pools_[i];
    shown.price = price(pool, at_);
    const auto there = room_at(pool, at_);
    shown.room = at_ < fates_[i].closed_until ? 0 : std::max(0, there - running_[i]);
    shown.highest_price = shown.price;
    if (world_.bid && shown.price && !pool.is_on_demand) {
      shown.highest_price = bid_at(pool) + world_.volume;
    } else if (const auto other = ceilings_[i]; other && shown.price) {
      // A worker without a bid goes on at any price up to on-demand's.
      shown.highest_price = std::max(*shown.price, *price(market_.pools[*other], at_));
    }
  }

  Money bid_at(const MarketPool& pool) const {
    return Money::from_dollars(pool.price.at(at_).value_or(Money{}).dollars() * *world_.bid);
  }

  void note(const policy::FleetDecision& decision) {
    outcome_.raised_to = memory_.raised_budget;
    if (decision.shortfall && !outcome_.shortfall) {
      outcome_.shortfall = decision.shortfall;
    }
  }

  void end_workers(const std::vector<policy::Ending>& endings) {
    for (const auto& ending : endings) {
      const auto erased = std::erase_if(
          workers_, [&](const RunningWorker& worker) { return worker.id == ending.worker; });
      SPOTVANE_ASSERT(erased == 1);
    }
  }

  void launch(const policy::LaunchOrder& order) {
    policy::LaunchTurn turn{order};
    while (const auto batch = turn.next()) {
      int launched = 0;
      while (launched < batch->count && launch_one(batch->pool)) {
        ++launched;
      }
      turn.launched(launched);
    }
  }

  bool launch_one(std::size_t place) {
    const auto& pool = market_.pools.at(place);
    auto& fate = fates_[place];
    ++outcome_.launches;
    const auto is_lucky = pool.is_on_demand || !random_.chance(world_.failed_launches);
    if (!is_lucky || running_[place] >= room_at(pool, at_) || at_ < fate.closed_until) {
      ++outcome_.failed_launches;
      if (at_ >= fate.closed_until) {
        fate.closed_until = at_ + fate.back_off;
        fate.back_off *= 2;
      }
      return false;
    }
    fate.back_off = world_.back_off;
    ++running_[place];
    const auto& times = world_.launch_times;
    const auto takes = times.empty() ? Duration{} : times[random_.below(times.size())];
    workers_.push_back(
        {next_id_++, place, at_ + takes + world_.startup,
         world_.bid && !pool.is_on_demand ? std::optional{bid_at(pool)} : std::nullopt});
    return true;
  }

  /// When a worker is lost, if it is before `to`.
  std::optional<TimePoint> loss(const RunningWorker& worker, TimePoint to) {
    const auto& pool = market_.pools[worker.pool];
    if (pool.is_on_demand) {
      return std::nullopt;
    }
    auto lost = first_below(pool, running_[worker.pool], at_, to);
    if (worker.bid) {
      const auto outbid = pool.price.first_above(*worker.bid, at_, to);
      lost = outbid && (!lost || *outbid < *lost) ? outbid : lost;
    }
    if (world_.losses_per_hour > 0) {
      const auto lives = -std::log1p(-random_.unit()) / world_.losses_per_hour * 3.6e6;
      const auto dies = lives < static_cast<double>((to - at_).count())
                            ? std::optional{at_ + Duration{static_cast<std::int64_t>(lives)}}
                            : std::nullopt;
      lost = dies && (!lost || *dies < *lost) ? dies : lost;
    }
    return lost;
  }

  struct Step {
    double tasks = 0;
    double usd = 0;
    bool is_lost = false;
  };

  Step step_of(RunningWorker& worker, TimePoint to, double fewer) {
    const auto& pool = market_.pools[worker.pool];
    const auto mean = pool.measured.value_or(policy::Throughput{}).mean;
    const auto noise = 1 - world_.noise + 2 * world_.noise * random_.unit() - fewer;
    if (has(world_.defects, FoundingDefect::FailuresPerStep)) {
      // As the founding program has it: paid for, all of the step, and lost at its beginning.
      const auto is_lost = random_.chance(world_.losses_per_hour);
      worker.reported = {{mean * noise, pool.measured->deviation}};
      return {is_lost ? 0 : mean * noise * seconds(to - at_), usd(pool, at_, to), is_lost};
    }
    const auto lost = loss(worker, to);
    const auto until = lost.value_or(to);
    const auto from = std::max(at_, worker.ready);
    if (lost) {
      --running_[worker.pool];
    }
    if (until > from) {
      worker.reported = {{mean * noise, pool.measured->deviation}};
      return {mean * noise * seconds(until - from), usd(pool, at_, until), lost.has_value()};
    }
    return {0, usd(pool, at_, until), lost.has_value()};
  }

  void work_until(TimePoint to) {
    const auto fewer =
        job_.scaling_penalty * std::max(0.0, static_cast<double>(workers_.size()) - 1);
    const auto skips = has(world_.defects, FoundingDefect::MutatedList);
    double tasks = world_.manager_rate * seconds(to - at_);
    double usd = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      const auto step = step_of(workers_[i], to, fewer);
      tasks += step.tasks;
      usd += step.usd;
      if (!step.is_lost) {
        workers_[kept++] = workers_[i];
        continue;
      }
      ++outcome_.interruptions;
      if (skips && i + 1 < workers_.size()) {
        workers_[kept++] = workers_[++i];
      }
    }
    workers_.resize(kept);
    // The last step is not run to its end.
    const auto left = job_.tasks - outcome_.tasks;
    const auto share = tasks >= left && tasks > 0 ? left / tasks : 1.0;
    outcome_.is_done = tasks >= left;
    outcome_.tasks += std::min(tasks, left);
    outcome_.workers_usd += usd * share;
    at_ += Duration{static_cast<std::int64_t>(
        std::ceil(static_cast<double>((to - at_).count()) * share - 1e-6))};
  }

  const policy::FleetJob& job_;
  const FleetMarket& market_;
  const FleetWorld& world_;
  TimePoint start_;
  TimePoint at_;
  Random random_;
  std::vector<PoolFate> fates_;
  std::vector<std::optional<std::size_t>> ceilings_ = {};  // of each pool: its type on-demand
  std::vector<RunningWorker> workers_ = {};
  std::vector<int> running_ = {};  // by pool
  std::vector<policy::FleetPool> shown_pools_ = {};
  std::vector<policy::Worker> shown_workers_ = {};
  policy::FleetMemory memory_ = {};
  std::uint64_t next_id_ = 1;
  FleetOutcome outcome_ = {};
};

}  // namespace

FleetOutcome replay_fleet(const policy::FleetJob& job, const FleetMarket& market,
                          const FleetWorld& world, const policy::FleetPolicy& policy,
                          TimePoint start, Random random) {
  return FleetRun{job, market, world, start, random}.run(policy);
}

double least_cost(const policy::FleetJob& job, const FleetMarket& market, const FleetWorld& world,
                  TimePoint start, Duration time) {
  struct Hour {
    double usd_per_task;
    double tasks;
  };
  std::vector<Hour> steps;
  double most = 0;
  for (const auto& pool : market.pools) {
    most = std::max(most, pool.measured.value_or(policy::Throughput{}).mean);
  }
  const auto nodes = static_cast<double>(job.nodes);
  for (auto at = start; at < start + time; at += world.interval) {
    const auto to = std::min(at + world.interval, start + time);
    const auto length = seconds(to - at);
    double least = std::numeric_limits<double>::infinity();
    for (const auto& pool : market.pools) {
      const auto rate = pool.measured.value_or(policy::Throughput{}).mean;
      if (rate > 0 && pool.price.at(to) && (room_at(pool, at) > 0 || room_at(pool, to) > 0)) {
        const auto usd =
            nodes * (pool.price.usd(at, to) + in_hours(to - at) * world.volume.dollars()) +
            in_hours(to - at) * world.manager_price.dollars();
        least = std::min(least, usd / (length * (nodes * rate + world.manager_rate)));
      }
    }
    if (std::isfinite(least)) {
      steps.push_back({least, length * (nodes * most + world.manager_rate)});
    }
  }
  std::sort(steps.begin(), steps.end(),
            [](const Hour& a, const Hour& b) { return a.usd_per_task < b.usd_per_task; });
  double left = job.tasks;
  double usd = 0;
  for (const auto& step : steps) {
    const auto tasks = std::min(left, step.tasks);
    usd += tasks * step.usd_per_task;
    left -= tasks;
  }
  return usd;
}

}  // namespace spotvane::replay
