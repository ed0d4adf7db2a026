#include "probe/probe_harness.hpp"
#include "sim/memory_state_store.hpp"
#include "support/seeds.hpp"

#include <gmock/gmock.h>

#include <memory>

namespace spotvane::probe {
namespace {

using model::LaunchMethod;
using model::ProbeOutcome;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kVias = {LaunchMethod::SpotRequest, LaunchMethod::RunInstances,
                        LaunchMethod::CreateFleet};
const Limits kLimits{.instances = 9, .vcpus = 18, .dollars_a_day = Money::from_dollars(5)};

model::ProbePlan plan(const std::string& id, TimePoint now, LaunchMethod via, int count = 3) {
  model::ProbePlan plan{.id = model::ProbeId{id},
                        .pool = {model::InstanceType{"m5.large"}, model::Region{"us-east-1"}, {}},
                        .image = model::ImageId{"ami-1"},
                        .via = via,
                        .count = count,
                        .vcpus = 2,
                        .price = Money::from_dollars(0.1),
                        .timeout = 5min,
                        .intended = now};
  plan.cost_most = greatest_cost(plan);
  return plan;
}

/// What outlives a process.
struct World {
  FakeAws aws;
  sim::CrashPoint crash;
  std::unique_ptr<sim::MemoryStateStore> state = std::make_unique<sim::MemoryStateStore>(&crash);
  TimePoint now = kMidnight;
};

/// What dies with it.
struct Process {
  Process(World& the_world, std::uint64_t seed, BadDay day = {})
      : world{the_world},
        loop{the_world.now},
        instances{the_world.aws, loop, Random{seed}, day, &the_world.crash} {}
  ~Process() { world.now = loop.now() + 1s; }

  ProbePorts ports() { return {loop, loop, instances, world.state->probes()}; }

  /// Three probes, one by each way to launch.
  void begin_all() {
    for (const auto via : kVias) {
      const auto begun = run.begin(plan(std::string{model::to_text(via)}, loop.now(), via));
      ASSERT_TRUE(begun) << begun.error().message;
    }
  }

  bool run_to_the_end(Duration most = 2h) {
    const auto deadline = loop.now() + most;
    while (!run.is_done() && loop.now() < deadline) {
      loop.run_for(1s);
    }
    return run.is_done();
  }

  bool recover() {
    const auto recovery = std::make_shared<Recovery>(RecoveryOptions{}, ports(), instances, run);
    if (!recovery->take_from_ledger()) {
      return false;
    }
    bool is_looked_through = false;
    recovery->look_through([&](const Result<void>& done) { is_looked_through = done.has_value(); });
    const auto deadline = loop.now() + 2h;
    while ((!is_looked_through || !run.is_done()) && loop.now() < deadline) {
      loop.run_for(1s);
    }
    return is_looked_through && run.is_done();
  }

  World& world;
  sim::EventLoop loop;
  FakeInstances instances;
  ProbeRun run{{.limits = kLimits}, ports()};
};

void expect_nothing_left(const World& world) {
  const auto later = world.now + 10min;  // nothing comes late, either
  EXPECT_EQ(world.aws.alive(world.now), 0);
  EXPECT_EQ(world.aws.alive(later), 0);
  EXPECT_EQ(world.aws.open(world.now), 0);
  EXPECT_EQ(world.aws.templates_left(), 0);
  EXPECT_LE(world.aws.most_alive, kLimits.instances);
}

TEST(ProbeSim, MeasuresUntilAllAreReadyAndEndsThemAll) {
  World world;
  {
    Process process{world, 1};
    process.begin_all();
    ASSERT_TRUE(process.run_to_the_end());
    for (const auto* probe : process.run.probes()) {
      EXPECT_EQ(probe->end()->outcome, ProbeOutcome::AllReady) << probe->end()->note;
    }
  }
  expect_nothing_left(world);
  EXPECT_THAT(*world.state->probes().uncleared(), IsEmpty());
}

TEST(ProbeSim, RecordsEachChangeWithinOneLookOfTheTruth) {
  World world;
  {
    Process process{world, 2};
    process.begin_all();
    ASSERT_TRUE(process.run_to_the_end());
  }
  constexpr auto kOneLook = 3s + 500ms;  // the interval, and the answers' own time
  for (const auto via : kVias) {
    const model::ProbeId id{std::string{model::to_text(via)}};
    int ready = 0;
    const auto events = world.state->probes().events(id).value();
    for (const auto& event : events) {
      if (event.what == "ready") {
        ++ready;
        const auto truth = world.aws.machines.at(model::InstanceId{event.subject}).ready;
        EXPECT_GE(event.at, truth);
        EXPECT_LE(event.at - truth, kOneLook) << event.subject;
      }
    }
    EXPECT_EQ(ready, 3);
    EXPECT_EQ(world.state->probes().ready_counts(id)->back().ready, 3);
  }
}

TEST(ProbeSim, GivesUpWhatIsNotReadyInTime) {
  World world;
  {
    Process process{world, 3, {.shortage = 1.0}};
    ASSERT_TRUE(process.run.begin(plan("p", process.loop.now(), LaunchMethod::SpotRequest)));
    ASSERT_TRUE(process.run_to_the_end());
    EXPECT_EQ(process.run.probes().front()->end()->outcome, ProbeOutcome::TimedOut);
  }
  expect_nothing_left(world);
}

TEST(ProbeSim, SaysWhyAwsRefused) {
  World world;
  Process process{world, 4, {.refuse = 1.0}};
  ASSERT_TRUE(process.run.begin(plan("p", process.loop.now(), LaunchMethod::RunInstances)));
  ASSERT_TRUE(process.run_to_the_end());

  EXPECT_EQ(process.run.probes().front()->end()->outcome, ProbeOutcome::Refused);
  EXPECT_THAT(process.run.probes().front()->end()->note, HasSubstr("capacity"));
}

TEST(ProbeSim, CatchesWhatIsFulfilledAfterItWasCancelled) {
  World world;
  {
    Process process{world, 5, {.late = 1.0}};
    ASSERT_TRUE(process.run.begin(plan("p", process.loop.now(), LaunchMethod::SpotRequest, 9)));
    process.loop.run_for(1s);
    process.run.stop(ProbeOutcome::Stopped, "by the test");
    ASSERT_TRUE(process.run_to_the_end());
  }
  EXPECT_FALSE(world.aws.machines.empty());
  expect_nothing_left(world);
}

TEST(ProbeSim, NeverBeginsBeyondALimit) {
  World world;
  Process process{world, 6};
  const auto now = process.loop.now();
  ASSERT_TRUE(process.run.begin(plan("a", now, LaunchMethod::RunInstances, 7)));

  const auto refused = process.run.begin(plan("b", now, LaunchMethod::RunInstances, 3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::QuotaExceeded);
  EXPECT_THAT(refused.error().message, HasSubstr("more than 9"));
  EXPECT_TRUE(process.run.begin(plan("c", now, LaunchMethod::RunInstances, 2)));
  auto dear = plan("d", now, LaunchMethod::RunInstances, 1);
  dear.cost_most = Money::from_dollars(6);
  ASSERT_TRUE(process.run_to_the_end());
  const auto too_dear = process.run.begin(dear);
  ASSERT_FALSE(too_dear);
  EXPECT_THAT(too_dear.error().message, HasSubstr("budget of $5 is spent"));
}

TEST(ProbeSim, EndsWhatItMadeThoughTheLedgerIsFull) {
  World world;
  {
    Process process{world, 7};
    process.begin_all();
    process.loop.run_for(30s);
    world.state->set_full(true);
    EXPECT_TRUE(process.run_to_the_end());
  }
  expect_nothing_left(world);
}

TEST(ProbeSim, LaunchesNothingThatIsNotInTheLedger) {
  World world;
  world.state->set_full(true);
  Process process{world, 8};

  EXPECT_FALSE(process.run.begin(plan("p", process.loop.now(), LaunchMethod::RunInstances)));
  process.loop.run_for(10min);
  EXPECT_TRUE(world.aws.machines.empty());
}

/// Runs until the armed crash, or to the end. False where it was not reached.
bool run_until_crash(World& world, std::uint64_t seed, const BadDay& day, std::uint64_t place) {
  world.crash.arm(place);
  try {
    Process process{world, seed, day};
    process.begin_all();
    process.run_to_the_end();
    world.crash.disarm();
    return false;
  } catch (const sim::Crash&) {
    return true;
  }
}

TEST(ProbeSim, LeavesNothingWhereverItIsKilled) {
  for (std::uint64_t place = 0;; place += 1) {
    SCOPED_TRACE(place);
    World world;
    const bool is_killed = run_until_crash(world, 9, {}, place);
    ASSERT_TRUE(Process(world, 10).recover());
    expect_nothing_left(world);
    ASSERT_THAT(*world.state->probes().uncleared(), IsEmpty());
    if (!is_killed || HasFailure()) {
      break;
    }
  }
}

TEST(ProbeSim, LeavesNothingWhereverItIsKilledOnABadDay) {
  for (const auto seed : support::seeds()) {
    SCOPED_TRACE(seed);
    Random random{seed};
    const auto day = BadDay::swarm(random);
    World world;
    run_until_crash(world, seed, day, random.below(900));
    // Killed while it recovers, too.
    world.crash.arm(random.below(200));
    try {
      Process process{world, seed + 1, day};
      process.recover();
      world.crash.disarm();
    } catch (const sim::Crash&) {
    }
    ASSERT_TRUE(Process(world, seed + 2, day).recover());
    expect_nothing_left(world);
  }
}

TEST(ProbeSim, LeavesNothingThoughItsLedgerIsLost) {
  for (const auto seed : support::seeds()) {
    SCOPED_TRACE(seed);
    Random random{seed};
    const auto day = BadDay::swarm(random);
    World world;
    run_until_crash(world, seed, day, random.below(900));
    world.state = std::make_unique<sim::MemoryStateStore>(&world.crash);
    ASSERT_TRUE(Process(world, seed + 2, day).recover());
    expect_nothing_left(world);
  }
}

TEST(ProbeSim, GivesInstancesNoMoreTimeWhereTheClockIsSetBack) {
  struct Jumping final : Clock {
    explicit Jumping(const sim::EventLoop& loop) : loop_{loop} {}
    TimePoint now() const override { return loop_.now() - back; }
    const sim::EventLoop& loop_;
    Duration back{0};
  };
  World world;
  Process process{world, 11, {.shortage = 1.0}};
  Jumping clock{process.loop};
  ProbeRun run{{.limits = kLimits},
               {clock, process.loop, process.instances, world.state->probes()}};
  ASSERT_TRUE(run.begin(plan("p", process.loop.now(), LaunchMethod::SpotRequest)));
  process.loop.run_for(2min);
  clock.back = 5h;
  process.loop.run_for(4min);

  EXPECT_FALSE(run.is_measuring());
  EXPECT_THAT(*world.state->probes().events(model::ProbeId{"p"}),
              Contains(AllOf(Field(&model::ProbeEvent::what, "clock"),
                             Field(&model::ProbeEvent::detail, HasSubstr("went back by")))));
}

}  // namespace
}  // namespace spotvane::probe
