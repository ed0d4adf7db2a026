#include "policy/slack_plan.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::policy {

namespace {

using Move = SlackPlan::Move;

constexpr double kNever = 1e18;

/// What is found in another zone after a preemption has been there a while: an age class.
constexpr std::size_t kRefugeAge = 4;

/// Of one age class, in a step.
struct Aging {
  double ends;   ///< how likely the stretch ends
  double grows;  ///< how likely it else comes to the next class
};

std::array<Aging, kAges> aging(const Hazards& hazards, double step_hours) {
  std::array<Aging, kAges> all{};
  for (std::size_t age = 0; age < kAges; ++age) {
    all[age].ends = 1 - std::exp(-hazards[age] * step_hours);
    if (age + 1 < kAges) {
      all[age].grows = std::min(1.0, step_hours / (kAgeHours[age + 1] - kAgeHours[age]));
    }
  }
  return all;
}

/// What a job is in when it decides, without the age. Those on on-demand or spot have a number of
/// whole steps of the launch before them.
struct Kinds {
  static constexpr std::size_t kIdleUp = 0;
  static constexpr std::size_t kIdleDown = 1;
  static constexpr std::size_t on_demand(bool is_up, std::size_t launching) {
    return 2 + 2 * launching + (is_up ? 0 : 1);
  }
  static constexpr std::size_t deciding(std::size_t launch_steps) { return 4 + 2 * launch_steps; }
  static constexpr std::size_t spot(std::size_t launch_steps, std::size_t launching) {
    return deciding(launch_steps) + launching;
  }
  static constexpr std::size_t all(std::size_t launch_steps) { return 5 + 3 * launch_steps; }
};

}  // namespace

/// Goes up through the amounts of work, and for each through the slack. What a course costs from a
/// situation on follows from less work, or from as much with less slack: work uses up work and
/// keeps the slack, waiting and launching use up slack.
///
/// A launch takes the fraction of a step out of the slack at once, then its whole steps one by one.
class SlackPlanSolver {
 public:
  SlackPlanSolver(const SlackPlan::Terms& terms, SlackPlan& plan)
      : terms_{terms},
        plan_{plan},
        steps_{plan.launch_steps_},
        fraction_{terms.changeover - static_cast<double>(steps_)},
        up_{aging(terms.hazards.preemption, terms.step_hours)},
        down_{aging(terms.hazards.recovery, terms.step_hours)},
        row_{Kinds::all(steps_) * kAges},
        deciding_{Kinds::deciding(steps_) * kAges},
        slacks_{static_cast<std::size_t>(terms.slack) + 1},
        before_(slacks_ * row_, 0.0),
        expected_(slacks_ * row_, 0.0),
        value_(row_),
        moves_(slacks_ * deciding_) {}

  void solve() {
    plan_.first_.push_back(0);
    for (int work = 1; work <= terms_.work; ++work) {
      for (std::size_t slack = 0; slack < slacks_; ++slack) {
        for (std::size_t age = 0; age < kAges; ++age) {
          decide(work, slack, age);
        }
        expect(slack);
      }
      keep_thresholds();
      std::swap(expected_, before_);
    }
  }

 private:
  double expected(std::size_t slack, std::size_t kind, std::size_t age) const {
    return expected_[slack * row_ + kind * kAges + age];
  }
  double with_less_work(std::size_t slack, std::size_t kind, std::size_t age) const {
    return before_[slack * row_ + kind * kAges + age];
  }

  /// What a step on an instance costs, and all that comes after it.
  double run(std::size_t slack, std::size_t launching, std::size_t kind, std::size_t next_kind,
             std::size_t age, double price) const {
    return launching == 0 ? price + with_less_work(slack, kind, age)
                          : price + expected(slack - 1, next_kind, age);
  }

  /// What a launch costs, and all that comes after it. `kind_of` says what one is in with so many
  /// steps of a launch to go.
  template <typename KindOf>
  double launch(std::size_t slack, std::size_t age, double price, KindOf kind_of) const {
    const auto next = kind_of(steps_ > 0 ? steps_ - 1 : 0);
    const auto whole = [&](std::size_t from) {
      return run(from, steps_, kind_of(steps_), next, age, price);
    };
    return fraction_ == 0
               ? whole(slack)
               : fraction_ * price + (1 - fraction_) * whole(slack) + fraction_ * whole(slack - 1);
  }

  /// Whether a launch leaves slack enough for the next.
  bool has_room(std::size_t slack) const {
    const auto least = std::max(terms_.changeover, fraction_ + (steps_ > 0 ? 1.0 : 0.0));
    return static_cast<double>(slack) >= std::max(least, 1.0);
  }

  void decide(int work, std::size_t slack, std::size_t age) {
    const auto to_the_end = terms_.on_demand_price * (terms_.changeover + work);
    const auto on_demand = [](bool is_up) {
      return [is_up](std::size_t launching) { return Kinds::on_demand(is_up, launching); };
    };
    const auto spot = [this](std::size_t launching) { return Kinds::spot(steps_, launching); };
    const auto room = has_room(slack);
    const auto wait_up = slack > 0 ? expected(slack - 1, Kinds::kIdleUp, age) : kNever;
    const auto wait_down = slack > 0 ? expected(slack - 1, Kinds::kIdleDown, age) : kNever;
    const auto to_spot = room ? launch(slack, age, terms_.spot_price, spot) : kNever;
    const auto to_on_demand = [&](bool is_up) {
      return room ? launch(slack, age, terms_.on_demand_price, on_demand(is_up)) : to_the_end;
    };
    choose(slack, Kinds::kIdleUp, age, wait_up, to_spot, to_on_demand(true));
    choose(slack, Kinds::kIdleDown, age, wait_down, kNever, to_on_demand(false));
    for (std::size_t launching = 0; launching <= steps_; ++launching) {
      const auto is_stuck = launching > 0 && slack == 0;
      const auto stay = [&](auto kind_of, double price, double stuck) {
        return is_stuck ? stuck
                        : run(slack, launching, kind_of(launching),
                              kind_of(launching > 0 ? launching - 1 : 0), age, price);
      };
      const auto rest = terms_.on_demand_price * (static_cast<double>(launching) + work);
      choose(slack, Kinds::on_demand(true, launching), age, wait_up, to_spot,
             stay(on_demand(true), terms_.on_demand_price, rest));
      choose(slack, Kinds::on_demand(false, launching), age, wait_down, kNever,
             stay(on_demand(false), terms_.on_demand_price, rest));
      value_[spot(launching) * kAges + age] = stay(spot, terms_.spot_price, to_the_end);
    }
  }

  void choose(std::size_t slack, std::size_t kind, std::size_t age, double wait, double spot,
              double on_demand) {
    const auto state = kind * kAges + age;
    value_[state] = std::min({wait, spot, on_demand});
    moves_[slack * deciding_ + state] = value_[state] == on_demand ? Move::OnDemand
                                        : value_[state] == spot    ? Move::Spot
                                                                   : Move::Wait;
  }

  /// From what things are worth once the market has moved to what they are worth before it does.
  void expect(std::size_t slack) {
    for (std::size_t age = 0; age < kAges; ++age) {
      expect_up(slack, age, Kinds::kIdleUp, Kinds::kIdleUp, Kinds::kIdleDown);
      expect_down(slack, age, Kinds::kIdleDown, Kinds::kIdleUp);
      for (std::size_t launching = 0; launching <= steps_; ++launching) {
        const auto up = Kinds::on_demand(true, launching);
        const auto down = Kinds::on_demand(false, launching);
        expect_up(slack, age, up, up, down);
        expect_down(slack, age, down, up);
        expect_up(slack, age, Kinds::spot(steps_, launching), Kinds::kIdleUp, Kinds::kIdleDown);
      }
    }
  }

  void expect_up(std::size_t slack, std::size_t age, std::size_t kind, std::size_t elsewhere,
                 std::size_t down) {
    const auto lost = terms_.refuge * value_[elsewhere * kAges + kRefugeAge] +
                      (1 - terms_.refuge) * value_[down * kAges];
    expect_change(slack, kind, age, up_[age], lost);
  }
  void expect_down(std::size_t slack, std::size_t age, std::size_t kind, std::size_t up) {
    expect_change(slack, kind, age, down_[age], value_[up * kAges]);
  }
  void expect_change(std::size_t slack, std::size_t kind, std::size_t age, Aging aging,
                     double ended) {
    const auto* values = &value_[kind * kAges];
    const auto older = values[std::min(age + 1, kAges - 1)];
    expected_[slack * row_ + kind * kAges + age] =
        aging.ends * ended +
        (1 - aging.ends) * (aging.grows * older + (1 - aging.grows) * values[age]);
  }

  void keep_thresholds() {
    for (std::size_t state = 0; state < deciding_; ++state) {
      for (std::size_t slack = 0; slack < slacks_; ++slack) {
        const auto move = moves_[slack * deciding_ + state];
        if (slack == 0 || move != plan_.thresholds_.back().move) {
          plan_.thresholds_.push_back({static_cast<std::uint16_t>(slack), move});
        }
      }
      plan_.first_.push_back(static_cast<std::uint32_t>(plan_.thresholds_.size()));
    }
  }

  const SlackPlan::Terms& terms_;
  SlackPlan& plan_;
  std::size_t steps_;  ///< whole ones of a launch
  double fraction_;    ///< of a step that a launch takes, too
  std::array<Aging, kAges> up_;
  std::array<Aging, kAges> down_;
  std::size_t row_;
  std::size_t deciding_;
  std::size_t slacks_;
  std::vector<double> before_;    ///< expected, with a step's work less
  std::vector<double> expected_;  ///< by slack, kind, age: before the market moves
  std::vector<double> value_;     ///< by kind, age: once it has moved
  std::vector<Move> moves_;       ///< by slack, deciding kind, age
};

SlackPlan::SlackPlan(const Terms& terms)
    : work_{terms.work},
      slack_{terms.slack},
      launch_steps_{static_cast<std::size_t>(terms.changeover)} {
  SlackPlanSolver{terms, *this}.solve();
}

SlackPlan::Move SlackPlan::move(const Situation& situation) const {
  // A job that is a rounding error beyond a whole step is not a step further.
  constexpr double kSame = 1e-6;
  const auto work = std::clamp(static_cast<int>(std::ceil(situation.work - kSame)), 1, work_);
  const auto slack = std::clamp(static_cast<int>(std::floor(situation.slack + kSame)), 0, slack_);
  const auto launching =
      std::min(static_cast<std::size_t>(situation.changeover_left), launch_steps_);
  const auto idle = situation.has_spot ? Kinds::kIdleUp : Kinds::kIdleDown;
  const auto kind = situation.is_on_demand ? Kinds::on_demand(situation.has_spot, launching) : idle;
  const auto list = static_cast<std::size_t>(work - 1) * Kinds::deciding(launch_steps_) * kAges +
                    kind * kAges + situation.age;
  auto found = first_[list];
  while (found + 1 < first_[list + 1] && thresholds_[found + 1].slack <= slack) {
    ++found;
  }
  return thresholds_[found].move;
}

}  // namespace spotvane::policy
