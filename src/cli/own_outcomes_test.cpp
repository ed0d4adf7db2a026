#include "cli/own_outcomes.hpp"

#include "sim/memory_state_store.hpp"

#include <gtest/gtest.h>

namespace spotvane::cli {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{std::chrono::days{20'000}};
const model::InstanceType kType{"m5.large"};
const model::Region kRegion{"us-east-1"};
const model::Pool kZoneA{kType, kRegion, model::ZoneId{"use1-az1"}};
const model::Pool kZoneB{kType, kRegion, model::ZoneId{"use1-az2"}};

/// A probe of two instances, of which one came and was taken back.
void probe(StateStore& state, const std::string& id, const model::Pool& pool, TimePoint at) {
  auto& ledger = state.probes();
  ASSERT_TRUE(ledger.begin({.id = model::ProbeId{id}, .pool = pool, .count = 2, .intended = at}));
  ASSERT_TRUE(ledger.add({.probe = model::ProbeId{id},
                          .requested = at,
                          .events = {{at + 5s, "i-1", "fulfilled", "sir-1"},
                                     {at + 6s, "i-1", "running"},
                                     {at + 60s, "i-1", "interrupted", "no capacity"}},
                          .end = model::ProbeEnd{at + 10min}}));
}

market::OwnOutcomesByPool outcomes_of(StateStore& state) {
  const std::vector<model::PoolState> pools{{kZoneA, {}}, {kZoneB, {}}};
  const market::ZoneNames names{{{kRegion, kZoneA.zone, model::ZoneName{"us-east-1a"}},
                                 {kRegion, kZoneB.zone, model::ZoneName{"us-east-1b"}}}};
  const auto outcomes = own_outcomes(state, pools, names, kNow);
  EXPECT_TRUE(outcomes);
  return outcomes.value_or(market::OwnOutcomesByPool{});
}

TEST(OwnOutcomes, AreThoseOfTheZoneAndOfItsWholeRegion) {
  sim::MemoryStateStore state;
  EXPECT_TRUE(outcomes_of(state).empty());
  probe(state, "p-1", kZoneA, kNow - 1h);
  probe(state, "p-2", {kType, kRegion, {}}, kNow - 2h);
  probe(state, "p-3", kZoneA, kNow - 100h);

  const auto outcomes = outcomes_of(state);

  EXPECT_EQ(outcomes.at(kZoneA).launches, 4);
  EXPECT_EQ(outcomes.at(kZoneA).fulfilled, 2);
  EXPECT_EQ(outcomes.at(kZoneA).instances, 2);
  EXPECT_EQ(outcomes.at(kZoneA).interrupted, 2);
  EXPECT_EQ(outcomes.at(kZoneB).launches, 2);
}

TEST(OwnOutcomes, AreThoseOfJobsOnSpot) {
  sim::MemoryStateStore state;
  const model::WorkerPool spot{kType, model::ZoneName{"us-east-1b"}};
  const model::WorkerPool on_demand{kType, model::ZoneName{"us-east-1b"}, true};
  const model::JobId id{"j-1"};
  ASSERT_TRUE(state.jobs().begin({.id = id, .name = "j", .tasks = 1, .begun = kNow - 1h}));
  ASSERT_TRUE(*state.jobs().hold(id, "us", kNow, kNow + 1h));
  model::JobNews news{.job = id, .holder = "us"};
  for (const auto& pool : {spot, on_demand}) {
    news.launches.push_back({.number = static_cast<std::int64_t>(news.launches.size()) + 1,
                             .pool = pool,
                             .image = {},
                             .count = 3,
                             .decided = kNow - 1h,
                             .is_open = false,
                             .realised = 2});
    news.workers.push_back({.number = static_cast<std::int64_t>(news.workers.size()) + 1,
                            .id = model::InstanceId{pool.is_on_demand ? "i-1" : "i-2"},
                            .pool = pool,
                            .launched = kNow - 1h,
                            .running = kNow - 1h,
                            .is_interrupted = true});
  }
  ASSERT_TRUE(state.jobs().add(news));

  const auto outcomes = outcomes_of(state);

  EXPECT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes.at(kZoneB).launches, 3);
  EXPECT_EQ(outcomes.at(kZoneB).fulfilled, 2);
  EXPECT_EQ(outcomes.at(kZoneB).instances, 1);
  EXPECT_EQ(outcomes.at(kZoneB).interrupted, 1);
}

}  // namespace
}  // namespace spotvane::cli
