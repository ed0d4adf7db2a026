#include "replay/oracle.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace spotvane::replay {

namespace {

constexpr auto kUnreachable = std::numeric_limits<std::int64_t>::max() / 2;

/// More states than a minute's work would be an answer nobody waits for.
constexpr std::int64_t kMostStates = 4'000'000'000;

/// The price of a course so far as one number that compares like it: cost first, then on-demand
/// ticks, then launches.
struct Ledger {
  std::int64_t unit_micros;  ///< what all prices are multiples of
  int count_bits;            ///< of each of the two counts

  std::int64_t tick(Money price, bool is_on_demand) const {
    return ((price.micros() / unit_micros) << (2 * count_bits)) +
           (is_on_demand ? std::int64_t{1} << count_bits : 0);
  }
  std::int64_t cost_micros(std::int64_t sum) const {
    return (sum >> (2 * count_bits)) * unit_micros;
  }
  std::int64_t on_demand_ticks(std::int64_t sum) const { return (sum >> count_bits) & mask(); }
  std::int64_t launches(std::int64_t sum) const { return sum & mask(); }
  std::int64_t mask() const { return (std::int64_t{1} << count_bits) - 1; }
};

int bits(std::int64_t number) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(number)));
}

Result<Ledger> open_ledger(const RecordedMarket& market, std::int64_t ticks) {
  auto unit = market.on_demand_price.micros();
  auto highest = unit;
  for (const auto& zone : market.zones) {
    unit = std::gcd(unit, zone.spot_price.micros());
    highest = std::max(highest, zone.spot_price.micros());
  }
  unit = std::max<std::int64_t>(unit, 1);
  const auto count_bits = bits(ticks);
  if (bits(highest / unit) + 3 * count_bits > 62) {
    return fail(ErrorKind::InvalidInput,
                "find the cheapest course: {} ticks at prices of {} parts "
                "are more than it can count",
                ticks, highest / unit);
  }
  return Ledger{unit, count_bits};
}

/// Least sums by the work done, in quanta.
using Sums = std::vector<std::int64_t>;

/// Goes through the market once, forward, and keeps for every placement and every amount of work
/// done the cheapest way to get there. A launch is one step of as many ticks as it takes until the
/// instance works: to give one up before that never pays for who knows what comes.
class Search {
 public:
  struct Shape {
    std::int64_t work;  ///< in quanta, like all of these
    std::int64_t tick;
    std::int64_t changeover;
    std::int64_t ticks;  ///< how many there are to use
    std::int64_t work_of_launch() const { return launch_ticks() * tick - changeover; }
    std::int64_t launch_ticks() const {
      return std::max<std::int64_t>((changeover + tick - 1) / tick, 1);
    }
  };

  Search(const RecordedMarket& market, Shape shape, Ledger ledger)
      : market_{market},
        shape_{shape},
        ledger_{ledger},
        any_(static_cast<std::size_t>(shape.launch_ticks()) + 1, empty()),
        on_(market.zones.size() + 1, empty()),
        next_{on_},
        idle_{empty()},
        up_for_(market.zones.size(), 0) {
    idle_[0] = 0;
  }

  /// The least sum at which the work is done by the end of each tick.
  Sums finish_sums() {
    Sums finished(static_cast<std::size_t>(shape_.ticks) + 1, kUnreachable);
    for (std::int64_t tick = 0; tick < shape_.ticks; ++tick) {
      const auto best = std::min(finished[index(tick)], step(tick));
      finished[index(tick + 1)] = best;
    }
    return finished;
  }

 private:
  static std::size_t index(std::int64_t number) { return static_cast<std::size_t>(number); }
  Sums empty() const { return Sums(index(shape_.work), kUnreachable); }

  /// What can still be done in time, and what can have been done, when `tick` begins.
  std::int64_t least_work(std::int64_t tick) const {
    return std::max<std::int64_t>(shape_.work - (shape_.ticks - tick) * shape_.tick, 0);
  }
  std::int64_t most_work(std::int64_t tick) const {
    return std::min(shape_.work - 1, tick * shape_.tick);
  }
  Sums& any_at(std::int64_t tick) { return any_[index(tick) % any_.size()]; }

  /// All courses through one tick; the least sum of those that finish with it.
  std::int64_t step(std::int64_t tick) {
    auto& any = any_at(tick);
    for (auto work = least_work(tick); work <= most_work(tick); ++work) {
      auto best = idle_[index(work)];
      for (const auto& sums : on_) {
        best = std::min(best, sums[index(work)]);
      }
      any[index(work)] = best;
    }
    std::int64_t finished = kUnreachable;
    for (std::size_t place = 0; place < on_.size(); ++place) {
      const auto is_on_demand = place == market_.zones.size();
      auto up_for = tick + 1;
      if (!is_on_demand) {
        up_for_[place] = market_.zones[place].available[index(tick)] != 0 ? up_for_[place] + 1 : 0;
        up_for = up_for_[place];
      }
      const auto price = ledger_.tick(
          is_on_demand ? market_.on_demand_price : market_.zones[place].spot_price, is_on_demand);
      std::fill(next_[place].begin() + least_work(tick + 1),
                next_[place].begin() + most_work(tick + 1) + 1, kUnreachable);
      if (up_for >= 1) {
        finished = std::min(finished, extend(on_[place], tick, shape_.tick, price, next_[place]));
      }
      if (const auto ticks = shape_.launch_ticks(); up_for >= ticks) {
        finished =
            std::min(finished, extend(any_at(tick + 1 - ticks), tick, shape_.work_of_launch(),
                                      ticks * price + 1, next_[place]));
      }
    }
    std::swap(on_, next_);
    const auto last_idle = std::max(most_work(tick), least_work(tick + 1) - 1);
    std::copy(any.begin() + least_work(tick + 1), any.begin() + last_idle + 1,
              idle_.begin() + least_work(tick + 1));
    return finished;
  }

  /// Adds `gained` work at `price` to every course of `from`, to end with `tick`; the least sum of
  /// those that finish.
  std::int64_t extend(const Sums& from, std::int64_t tick, std::int64_t gained, std::int64_t price,
                      Sums& to) const {
    const auto* before = from.data();
    auto* after = to.data();
    const auto last = most_work(tick + 1);
    for (auto work = std::max(least_work(tick + 1), gained); work <= last; ++work) {
      after[work] = std::min(after[work], before[work - gained] + price);
    }
    auto finished = kUnreachable;
    for (auto work = std::max<std::int64_t>(shape_.work - gained, 0); work < shape_.work; ++work) {
      finished = std::min(finished, before[work] + price);
    }
    return finished;
  }

  const RecordedMarket& market_;
  Shape shape_;
  Ledger ledger_;
  std::vector<Sums> any_;  // whatever the placement, when each of the last ticks began
  std::vector<Sums> on_;   // on spot in each zone, then on on-demand
  std::vector<Sums> next_;
  Sums idle_;
  std::vector<std::int64_t> up_for_;  // ticks, by zone
};

Result<Search::Shape> shape_of(Duration work, Duration changeover, const RecordedMarket& market,
                               std::int64_t ticks) {
  const auto quantum = std::gcd(market.gap.count(), changeover.count());
  const Search::Shape shape{.work = (work.count() + quantum - 1) / quantum,
                            .tick = market.gap.count() / quantum,
                            .changeover = changeover.count() / quantum,
                            .ticks = ticks};
  const auto placements = static_cast<std::int64_t>(market.zones.size()) + 2;
  if (shape.work > kMostStates / std::max<std::int64_t>(ticks, 1) / placements) {
    return tl::unexpected(Error{
        ErrorKind::InvalidInput,
        fmt::format("find the cheapest course: ticks of '{}' and change-overs of '{}' have only "
                    "'{}' in common",
                    to_text(market.gap), to_text(changeover), to_text(Duration{quantum})),
        "round the change-over to a part of the tick"});
  }
  return shape;
}

/// What is left of the cost after on-demand was spot's, where all zones cost the same.
std::int64_t spot_ticks_of(const Ledger& ledger, std::int64_t sum, const RecordedMarket& market) {
  const auto price = market.zones.front().spot_price.micros();
  const auto cost =
      ledger.cost_micros(sum) - ledger.on_demand_ticks(sum) * market.on_demand_price.micros();
  return price > 0 ? cost / price : 0;
}

}  // namespace

Result<std::vector<Outcome>> cheapest_courses(Duration work, Duration changeover,
                                              std::span<const Duration> deadlines,
                                              const RecordedMarket& market) {
  const auto usable = [&](Duration deadline) {
    return std::min<std::int64_t>(deadline / market.gap, static_cast<std::int64_t>(market.ticks()));
  };
  std::int64_t ticks = 0;
  for (const auto deadline : deadlines) {
    ticks = std::max(ticks, usable(deadline));
  }
  const auto shape = shape_of(work, changeover, market, ticks);
  if (!shape) {
    return tl::unexpected(shape.error());
  }
  const auto ledger = open_ledger(market, ticks);
  if (!ledger) {
    return tl::unexpected(ledger.error());
  }
  const auto finished = shape->work <= shape->ticks * shape->tick
                            ? Search{market, *shape, *ledger}.finish_sums()
                            : Sums(static_cast<std::size_t>(ticks) + 1, kUnreachable);
  std::vector<Outcome> outcomes;
  for (const auto deadline : deadlines) {
    const auto sum = finished[static_cast<std::size_t>(usable(deadline))];
    if (sum >= kUnreachable) {
      outcomes.push_back({.is_late = true});
      continue;
    }
    const auto gap_hours = in_hours(market.gap);
    outcomes.push_back({.cost_usd = static_cast<double>(ledger->cost_micros(sum)) / 1e6 * gap_hours,
                        .on_demand = ledger->on_demand_ticks(sum) * market.gap,
                        .spot = spot_ticks_of(*ledger, sum, market) * market.gap,
                        .changeovers = ledger->launches(sum)});
  }
  return outcomes;
}

}  // namespace spotvane::replay
