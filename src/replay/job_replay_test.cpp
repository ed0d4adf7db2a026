#include "replay/job_replay.hpp"

#include "base/random.hpp"
#include "policy/catalog.hpp"
#include "replay/oracle.hpp"
#include "replay/study.hpp"
#include "support/seeds.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace spotvane::replay {
namespace {

using policy::Job;
using std::chrono::minutes;
using testing::DoubleNear;

constexpr auto kOnDemandPrice = Money::from_micros(6'000'000);  // a dollar each ten minutes
constexpr auto kSpotPrice = Money::from_micros(1'500'000);

using Ticks = std::vector<std::uint8_t>;

RecordedMarket market_of(const std::vector<Ticks>& zones) {
  RecordedMarket market{.gap = minutes{10}, .zones = {}, .on_demand_price = kOnDemandPrice};
  for (const auto& ticks : zones) {
    market.zones.push_back({ticks, kSpotPrice});
  }
  return market;
}

Outcome replay_by(std::string_view name, const Job& job, const RecordedMarket& market) {
  const auto policy = (*policy::policy_named(name))();
  return replay_job(job, market, *policy);
}

Outcome oracle(const Job& job, const RecordedMarket& market) {
  return cheapest_courses(job.work, job.changeover, std::array{job.deadline}, market)->front();
}

TEST(JobReplay, BillsWholeTicksAndChangeoversToo) {
  const Ticks always(10, 1);
  const Job job{.work = minutes{25}, .deadline = minutes{100}, .changeover = minutes{12}};

  const auto outcome = replay_by("greedy", job, market_of({always}));

  // 12 of 20 minutes go into the launch, then 8 + 10 + 10 minutes of work: four ticks.
  EXPECT_EQ(outcome.spot, minutes{40});
  EXPECT_EQ(outcome.on_demand, minutes{0});
  EXPECT_EQ(outcome.changeovers, 1);
  EXPECT_THAT(outcome.cost_usd, DoubleNear(1.0, 1e-9));
  EXPECT_FALSE(outcome.is_late);
}

TEST(JobReplay, PaysTheChangeoverAgainAfterEveryPreemption) {
  const Ticks with_a_gap{1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const Job job{.work = minutes{20}, .deadline = minutes{120}, .changeover = minutes{5}};

  const auto outcome = replay_by("greedy", job, market_of({with_a_gap}));

  EXPECT_EQ(outcome.changeovers, 2);
  EXPECT_EQ(outcome.spot, minutes{30}) << "15 minutes, then 5 in a tick begun anew";
}

TEST(JobReplay, StopsALateJobAtItsDeadline) {
  const Ticks never(20, 0);
  const Job job{.work = minutes{60}, .deadline = minutes{100}, .changeover = minutes{0}};

  const auto outcome = replay_by("spot-only", job, market_of({never}));

  EXPECT_TRUE(outcome.is_late);
  EXPECT_EQ(outcome.cost_usd, 0);
}

TEST(JobReplay, PaysForAMoveFromZoneToZone) {
  const std::vector<Ticks> zones{{1, 1, 0, 0, 0, 0, 0, 0}, {0, 0, 1, 1, 1, 1, 1, 1}};
  const Job job{.work = minutes{30}, .deadline = minutes{80}, .changeover = minutes{10}};

  const auto outcome = replay_by("up-switch", job, market_of(zones));

  EXPECT_EQ(outcome.changeovers, 2);
  EXPECT_EQ(outcome.spot, minutes{50});
}

TEST(Oracle, KnowsWhenAShortStretchOfSpotIsNotWorthItsChangeovers) {
  const Ticks short_stretches{0, 1, 0, 1, 0, 1, 0, 0};
  const Job job{.work = minutes{60}, .deadline = minutes{80}, .changeover = minutes{10}};

  const auto outcome = oracle(job, market_of({short_stretches}));

  EXPECT_EQ(outcome.on_demand, minutes{70});
  EXPECT_EQ(outcome.changeovers, 1);
  EXPECT_FALSE(outcome.is_late);
}

TEST(Oracle, SaysWhereNoCourseMakesTheDeadline) {
  const Ticks always(6, 1);
  EXPECT_TRUE(oracle({minutes{60}, minutes{60}, minutes{1}}, market_of({always})).is_late);
  EXPECT_FALSE(oracle({minutes{50}, minutes{60}, minutes{1}}, market_of({always})).is_late);
}

TEST(Oracle, RefusesQuantaTooFineToGoThrough) {
  const Ticks always(4000, 1);
  const auto courses = cheapest_courses(minutes{3600}, Duration{1},
                                        std::array{Duration{minutes{40'000}}}, market_of({always}));

  ASSERT_FALSE(courses);
  EXPECT_EQ(courses.error().kind, ErrorKind::InvalidInput);
}

/// A market of outages drawn from a seed, and a job that can be done in it.
struct DrawnCase {
  explicit DrawnCase(std::uint64_t seed, std::size_t ticks, std::size_t zone_count) {
    Random random{seed};
    for (std::size_t zone = 0; zone < zone_count; ++zone) {
      const auto change = 0.05 + 0.5 * random.unit();
      std::uint8_t is_up = random.chance(0.5) ? 1 : 0;
      zones.emplace_back();
      for (std::size_t tick = 0; tick < ticks; ++tick) {
        is_up = random.chance(change) ? 1 - is_up : is_up;
        zones.back().push_back(is_up);
      }
    }
    job.changeover = minutes{random.below(5) * 5};
    job.deadline = minutes{10} * static_cast<int>(ticks);
    const auto most_work = job.deadline - job.changeover;
    job.work = minutes{1 + random.below(static_cast<std::uint64_t>(most_work / minutes{1}))};
  }

  std::vector<Ticks> zones = {};
  Job job = {};
};

/// Every course there is, tried out.
class EveryCourse {
 public:
  EveryCourse(const DrawnCase& drawn) : drawn_{drawn} {}

  double least_cost(std::size_t tick = 0, std::size_t place = 0, Duration left = {},
                    Duration done = {}) const {
    if (done >= drawn_.job.work) {
      return 0;
    }
    if (tick == drawn_.zones.front().size()) {
      return std::numeric_limits<double>::infinity();
    }
    auto least = least_cost(tick + 1, 0, {}, done);  // on nothing: place 0
    for (std::size_t next = 1; next <= drawn_.zones.size() + 1; ++next) {
      const auto is_on_demand = next > drawn_.zones.size();
      if (!is_on_demand && drawn_.zones[next - 1][tick] == 0) {
        continue;
      }
      const auto is_lost =
          place > 0 && place <= drawn_.zones.size() && drawn_.zones[place - 1][tick] == 0;
      const auto overhead = next == place && !is_lost ? left : drawn_.job.changeover;
      const auto work = std::max(Duration{minutes{10}} - overhead, Duration::zero());
      const auto price = (is_on_demand ? kOnDemandPrice : kSpotPrice).dollars() / 6;
      least = std::min(least,
                       price + least_cost(tick + 1, next, overhead - (Duration{minutes{10}} - work),
                                          done + work));
    }
    return least;
  }

 private:
  const DrawnCase& drawn_;
};

TEST(Oracle, FindsWhatTryingOutEveryCourseFinds) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const DrawnCase drawn{seed, 7, 1 + seed % 2};
    const auto found = oracle(drawn.job, market_of(drawn.zones));
    ASSERT_FALSE(found.is_late) << "seed " << seed;
    ASSERT_THAT(found.cost_usd, DoubleNear(EveryCourse{drawn}.least_cost(), 1e-9))
        << "seed " << seed;
  }
}

TEST(JobReplay, NoPolicyIsLateOrBeatsTheOracle) {
  for (const auto seed : support::seeds()) {
    for (const std::size_t zone_count : {1U, 3U}) {
      const DrawnCase drawn{seed, 120, zone_count};
      const auto market = market_of(drawn.zones);
      const auto bound = oracle(drawn.job, market);
      for (const auto& name : policy::policy_names()) {
        if (name == "best" && seed % 8 != 0) {
          continue;  // plans for each of these jobs take a while under the sanitizers
        }
        const auto outcome = replay_by(name, drawn.job, market);
        if (name != "spot-only") {
          ASSERT_FALSE(outcome.is_late) << name << ", seed " << seed;
        }
        if (!outcome.is_late) {
          ASSERT_GE(outcome.cost_usd, bound.cost_usd - 1e-9) << name << ", seed " << seed;
        }
      }
    }
  }
}

Study drawn_study() {
  Study study{.traces = {},
              .windows = {},
              .is_multi_zone = false,
              .work = minutes{300},
              .deadlines = {minutes{400}, minutes{700}},
              .changeovers = {minutes{5}, minutes{20}},
              .spot_price = kSpotPrice,
              .on_demand_price = kOnDemandPrice,
              .contenders = {}};
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    study.traces.push_back(
        {fmt::format("zone-{}", seed), minutes{10}, DrawnCase{seed, 90, 1}.zones.front()});
  }
  for (const auto& name : policy::policy_names()) {
    study.contenders.push_back(*contender_named(name));
  }
  study.contenders.push_back(*contender_named("oracle"));
  return *checked(std::move(study));
}

TEST(Study, IsTheSameOnAnyNumberOfThreads) {
  const auto study = drawn_study();
  const auto go_on = [](double /*share*/) { return true; };

  const auto alone = run_study(study, 1, go_on);
  const auto together = run_study(study, 7, go_on);

  ASSERT_TRUE(alone && together);
  ASSERT_EQ(alone->size(), study.windows.size() * 4 * study.contenders.size());
  for (std::size_t i = 0; i < alone->size(); ++i) {
    ASSERT_EQ((*alone)[i].window, (*together)[i].window);
    ASSERT_EQ((*alone)[i].contender, (*together)[i].contender);
    ASSERT_EQ((*alone)[i].outcome.cost_usd, (*together)[i].outcome.cost_usd);
  }
}

TEST(Study, RefusesWhatMakesNoSense) {
  const auto complaint = [](const std::function<void(Study&)>& spoil) {
    auto study = drawn_study();
    spoil(study);
    const auto good = checked(std::move(study));
    return good ? std::string{"nothing"} : good.error().message;
  };
  EXPECT_THAT(complaint([](Study& study) { study.windows[0].zone = "elsewhere"; }),
              testing::HasSubstr("of which there is no trace"));
  EXPECT_THAT(complaint([](Study& study) { study.windows[0].end = 91; }),
              testing::HasSubstr("the trace has 90 ticks"));
  EXPECT_THAT(complaint([](Study& study) { study.deadlines.push_back(minutes{901}); }),
              testing::HasSubstr("lies beyond it"));
  EXPECT_THAT(complaint([](Study& study) { study.work = minutes{381}; }),
              testing::HasSubstr("cannot meet a deadline of '6h40m'"));
  EXPECT_THAT(complaint([](Study& study) {
                study.is_multi_zone = true;
                study.traces[3].available.pop_back();
              }),
              testing::HasSubstr("only between traces of the same time"));
}

}  // namespace
}  // namespace spotvane::replay
