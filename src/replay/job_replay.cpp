#include "replay/job_replay.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace spotvane::replay {

namespace {

using policy::Mode;
using policy::Placement;

/// Does work, tick after tick, and keeps the bill.
class RunningJob {
 public:
  RunningJob(const policy::Job& job, const RecordedMarket& market)
      : job_{job}, market_{market}, spot_ticks_(market.zones.size()) {
    for (const auto& zone : market.zones) {
      offers_.push_back({.has_spot = false, .spot_price = zone.spot_price});
    }
  }

  bool is_done() const { return done_ >= job_.work; }

  policy::Observation look(std::size_t tick) {
    for (std::size_t zone = 0; zone < offers_.size(); ++zone) {
      offers_[zone].has_spot = market_.zones[zone].available[tick] != 0;
    }
    if (current_.mode == Mode::Spot && !offers_[current_.zone].has_spot) {
      current_ = {};
    }
    return {.interval = market_.gap,
            .done = done_,
            .current = current_,
            .changeover_left = changeover_left_,
            .zones = offers_,
            .on_demand_price = market_.on_demand_price};
  }

  void run_one_tick_on(Placement wanted) {
    SPOTVANE_ASSERT(wanted.mode != Mode::Spot || offers_[wanted.zone].has_spot);
    if (wanted != current_ && wanted.mode != Mode::None) {
      changeover_left_ = job_.changeover;
      ++changeovers_;
    }
    current_ = wanted;
    if (wanted.mode == Mode::None) {
      changeover_left_ = {};
      return;
    }
    const auto work = std::max(market_.gap - changeover_left_, Duration::zero());
    changeover_left_ -= market_.gap - work;
    done_ += work;
    ++(wanted.mode == Mode::OnDemand ? on_demand_ticks_ : spot_ticks_[wanted.zone]);
  }

  Outcome outcome() const {
    Outcome outcome{.on_demand = on_demand_ticks_ * market_.gap,
                    .changeovers = changeovers_,
                    .is_late = !is_done()};
    const auto hours = [&](std::int64_t ticks) {
      return static_cast<double>(ticks) * static_cast<double>(market_.gap.count()) / 3.6e6;
    };
    outcome.cost_usd = hours(on_demand_ticks_) * market_.on_demand_price.dollars();
    for (std::size_t zone = 0; zone < spot_ticks_.size(); ++zone) {
      outcome.spot += spot_ticks_[zone] * market_.gap;
      outcome.cost_usd += hours(spot_ticks_[zone]) * offers_[zone].spot_price.dollars();
    }
    return outcome;
  }

 private:
  const policy::Job& job_;
  const RecordedMarket& market_;
  std::vector<policy::Offer> offers_;
  Placement current_ = {};
  Duration changeover_left_ = {};
  Duration done_ = {};
  std::int64_t on_demand_ticks_ = 0;
  std::vector<std::int64_t> spot_ticks_;  // by zone
  std::int64_t changeovers_ = 0;
};

}  // namespace

Outcome replay_job(const policy::Job& job, const RecordedMarket& market, policy::Policy& policy) {
  RunningJob running{job, market};
  const auto keeps_deadline = policy.keeps_deadline();
  Duration now{0};
  for (std::size_t tick = 0; tick < market.ticks() && now < job.deadline && !running.is_done();
       ++tick, now += market.gap) {
    const auto seen = running.look(tick);
    auto decision = policy.decide(job, seen, now);
    if (keeps_deadline) {
      decision = policy::keep_deadline(job, seen, now, decision);
    }
    running.run_one_tick_on(decision.placement);
  }
  auto outcome = running.outcome();
  outcome.is_late = outcome.is_late || now > job.deadline;
  return outcome;
}

}  // namespace spotvane::replay
