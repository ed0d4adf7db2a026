#pragma once

// A simulated job's world, and managers that live and die in it.

#include "job/job_harness.hpp"
#include "policy/fleet_catalog.hpp"
#include "sim/memory_state_store.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace spotvane::job {

inline constexpr auto kHolderLease = 10s;

/// A job of so many tasks on three types in three zones, whose speeds are known.
inline JobSpec job_of(double tasks, int nodes, const std::string& policy = "spot-greedy") {
  JobSpec spec{.head = {.id = model::JobId{"j-1"}, .name = "j", .tasks = tasks, .begun = kMorning},
               .region = home_region,
               .work = {.tasks = tasks, .nodes = nodes}};
  const auto catalog = small_catalog();
  for (const auto& facts : catalog->types) {
    WorkerType type{.type = facts.type,
                    .image = model::ImageId{"ami-1"},
                    .zones = {model::ZoneName{"us-east-1a"}, model::ZoneName{"us-east-1b"},
                              model::ZoneName{"us-east-1c"}},
                    .on_demand = Money::from_dollars(0.045 * facts.vcpus)};
    type.measured = {FakeAws::rate(facts.type), 0.02};
    spec.types.push_back(std::move(type));
  }
  auto named = policy::fleet_policy_named(policy, {});
  spec.policy = std::move(named->policy);
  spec.workload.dataset = model::DatasetHash{"d"};
  return spec;
}

/// What outlives a manager.
struct World {
  explicit World(std::uint64_t seed) : aws{seed} {}

  FakeAws aws;
  sim::CrashPoint crash;
  sim::MemoryStateStore state{&crash};
  TimePoint now = kMorning;
  int managers = 0;
};

/// What dies with one.
struct Manager {
  Manager(World& the_world, JobSpec spec, std::uint64_t seed, const FakeFaults& faults = {},
          Engine* engine = nullptr)
      : world{the_world},
        loop{the_world.now},
        cloud{the_world.aws, loop, Random{seed}, faults, &the_world.crash},
        holder{fmt::format("m{}", ++the_world.managers)} {
    auto& store = world.state.jobs();
    const auto id = spec.head.id;
    if (!*store.job(id)) {
      EXPECT_TRUE(store.begin(spec.head));
    }
    EXPECT_TRUE(*store.hold(id, holder, loop.now(), loop.now() + kHolderLease));
    run = *JobRun::open(
        std::move(spec),
        {loop, loop, cloud, cloud, cloud, world.state.jobs(), world.state.performance(), engine},
        {.holder = holder});
    run->start();
  }
  ~Manager() { world.now = loop.now() + kHolderLease; }

  bool run_to_the_end(Duration most = 100h) {
    const auto deadline = loop.now() + most;
    while (!run->is_over() && !run->is_lost() && loop.now() < deadline) {
      loop.run_for(10s);
    }
    return run->is_over();
  }

  World& world;
  sim::EventLoop loop;
  FakeCloud cloud;
  std::string holder;
  std::shared_ptr<JobRun> run;
};

inline void expect_nothing_left(World& world, TimePoint now) {
  world.aws.market.advance(now + 10min);  // nothing comes late, either
  EXPECT_EQ(world.aws.alive(now), 0);
  EXPECT_EQ(world.aws.alive(now + 10min), 0);
}

}  // namespace spotvane::job
