#include "job/job_world_harness.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace spotvane::job {
namespace {

using model::JobState;

constexpr double kCent = 0.01;

/// One job under a swarm of faults whose manager is killed again and again.
struct DrawnJob {
  explicit DrawnJob(std::uint64_t seed) : world{seed}, random{seed} {
    faults = FakeFaults::swarm(random);
    const std::vector<std::string> policies{"lp-budget", "budget-paced", "cloudpits",
                                            "spot-greedy"};
    tasks = 20'000 + 200'000 * random.unit();
    nodes = 1 + static_cast<int>(random.below(12));
    policy = policies[random.below(policies.size())];
    // Of a dollar one gets some 100,000 tasks on spot.
    budget = Money::from_dollars(tasks / 100'000 * (0.3 + 2 * random.unit()) + 0.1);
    is_measured = random.chance(0.7);
  }

  JobSpec spec() const {
    auto spec = job_of(tasks, nodes, policy);
    spec.work.budget = budget;
    spec.look = 10s;
    if (!is_measured) {
      spec.calibrate = Money::from_dollars(0.3);
      for (auto& type : spec.types) {
        type.measured.reset();
      }
    }
    return spec;
  }

  /// False where the manager was killed.
  bool live(std::uint64_t place) {
    world.crash.arm(place);
    try {
      Manager manager{world, spec(), random.next(), faults};
      const auto is_over = manager.run_to_the_end();
      world.crash.disarm();
      EXPECT_TRUE(is_over) << "it never ends";
      course = manager.run->book().course();
      bill = manager.run->bill();
      return true;
    } catch (const sim::Crash&) {
      world.now += kHolderLease;  // where it was killed before it lived
      return false;
    }
  }

  World world;
  Random random;
  FakeFaults faults;
  double tasks;
  int nodes;
  std::string policy;
  Money budget;
  bool is_measured;
  model::JobCourse course;
  Bill bill;
};

/// How many jobs are drawn: ten times as many where more seeds than usual are asked for.
std::uint64_t drawn_jobs() {
  constexpr std::size_t kUsual = 50;
  const auto seeds = support::seeds().size();
  return seeds > kUsual ? 10 * seeds : seeds;
}

TEST(JobSim, IsDoneOrSaysThatItCannotBeWithinItsBudgetWhereverItIsKilled) {
  std::map<JobState, int> ended;
  double worst = 0;
  for (std::uint64_t seed = 0; seed < drawn_jobs(); ++seed) {
    SCOPED_TRACE(seed);
    DrawnJob job{seed};
    for (int kill = 0; kill < 4 && !job.live(job.random.below(4'000)); ++kill) {
    }
    if (!job.course.ended) {
      ASSERT_TRUE(job.live(std::uint64_t{1} << 60U));
    }
    expect_nothing_left(job.world, job.world.now);
    EXPECT_TRUE(job.course.state == JobState::Done || job.course.state == JobState::Infeasible ||
                job.course.state == JobState::Failed)
        << to_text(job.course.state);
    const auto truth = job.world.aws.usd(job.world.now + 10min);
    EXPECT_LE(truth, job.budget.dollars()) << job.policy;
    EXPECT_LE(job.world.aws.most_staying, job.nodes);
    EXPECT_NEAR(job.bill.instances, truth, kCent) << job.policy;
    ++ended[job.course.state];
    worst = std::max(worst, std::abs(job.bill.instances - truth));
    if (job.course.state == JobState::Done) {
      EXPECT_GE(job.world.aws.tasks(job.world.now), job.tasks);
    }
    if (HasFailure()) {
      break;
    }
  }
  EXPECT_GT(ended[JobState::Done], 0);
  RecordProperty("done", ended[JobState::Done]);
  RecordProperty("infeasible", ended[JobState::Infeasible]);
  RecordProperty("failed", ended[JobState::Failed]);
  RecordProperty("worst_bill_cents", fmt::format("{:.3f}", 100 * worst));
}

TEST(JobSim, LosesNothingWhereverItIsKilled) {
  for (std::uint64_t place = 0;; place += 1 + place / 40) {
    SCOPED_TRACE(place);
    World world{9};
    world.crash.arm(place);
    bool is_killed = false;
    try {
      Manager manager{world, job_of(8'000, 3), 1};
      ASSERT_TRUE(manager.run_to_the_end());
      world.crash.disarm();
    } catch (const sim::Crash&) {
      is_killed = true;
      world.now += kHolderLease;
    }
    Manager next{world, job_of(8'000, 3), 2};
    ASSERT_TRUE(next.run_to_the_end());
    const auto& book = next.run->book();
    EXPECT_EQ(book.course().state, JobState::Done);
    EXPECT_EQ(book.workers().size(), world.aws.market.every_instance().size());
    EXPECT_LE(world.aws.most_staying, 3);
    const auto truth = world.aws.usd(next.loop.now());
    EXPECT_NEAR(next.run->bill().instances, truth, kCent);
    expect_nothing_left(world, next.loop.now());
    if (!is_killed || HasFailure()) {
      break;
    }
  }
}

}  // namespace
}  // namespace spotvane::job
