#include "job/job_world_harness.hpp"
#include "job/report_endpoint.hpp"

#include <gmock/gmock.h>

#include <set>

namespace spotvane::job {
namespace {

using model::JobState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// An engine that does nothing but what the test says.
struct ScriptedEngine final : Engine {
  explicit ScriptedEngine(Timers& the_timers) : timers{the_timers} {}

  void start(std::function<void(Result<void>)> on_ready) override {
    ++starts;
    timers.after(1s, [this, on_ready] { on_ready(readiness); });
  }
  void look(const JobBook& book, std::function<void(Result<EngineReport>)> on_report) override {
    most_workers = std::max(most_workers, book.workers().size());
    timers.after(1s, [this, on_report] { on_report(std::exchange(report, {})); });
  }
  void end(End how, std::function<void(Result<void>)> on_ended) override {
    ended = how;
    timers.after(1s, [on_ended] { on_ended({}); });
  }

  Timers& timers;
  Result<void> readiness = {};
  EngineReport report = {};
  int starts = 0;
  std::size_t most_workers = 0;
  std::optional<End> ended = {};
};

TEST(JobSim, DoesAllItsTasksAndEndsAllItsWorkers) {
  World world{1};
  Manager manager{world, job_of(60'000, 8), 1};

  ASSERT_TRUE(manager.run_to_the_end());
  const auto& book = manager.run->book();
  EXPECT_EQ(book.course().state, JobState::Done) << book.course().note;
  EXPECT_GE(book.course().tasks_done, 60'000);
  EXPECT_LE(world.aws.most_staying, 8);
  expect_nothing_left(world, manager.loop.now());
}

TEST(JobSim, CountsWhatAwsBills) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    World world{seed};
    FakeFaults faults;
    faults.market.interruptions_per_hour = 0.3;
    Manager manager{world, job_of(300'000, 10), seed, faults};

    ASSERT_TRUE(manager.run_to_the_end());
    const auto bill = manager.run->bill();
    const auto truth = world.aws.usd(manager.loop.now());
    EXPECT_NEAR(bill.instances, truth, 0.001 * truth);
    EXPECT_LT(bill.total(), bill.on_demand);
  }
}

TEST(JobSim, SaysBeforeItSpendsAnythingThatABudgetIsTooSmall) {
  World world{2};
  auto spec = job_of(1'000'000, 8, "lp-budget");
  spec.work.budget = Money::from_dollars(1);
  Manager manager{world, std::move(spec), 1};

  ASSERT_TRUE(manager.run_to_the_end());
  EXPECT_EQ(manager.run->book().course().state, JobState::Infeasible);
  EXPECT_THAT(manager.run->book().course().note, HasSubstr("a budget of at least $"));
  EXPECT_TRUE(world.aws.market.every_instance().empty());
}

TEST(JobSim, SaysBeforeItSpendsAnythingThatADeadlineIsTooNear) {
  World world{2};
  auto spec = job_of(1'000'000, 8, "lp-deadline");
  spec.work.deadline = 1h;
  Manager manager{world, std::move(spec), 1};

  ASSERT_TRUE(manager.run_to_the_end());
  EXPECT_EQ(manager.run->book().course().state, JobState::Infeasible);
  EXPECT_THAT(manager.run->book().course().note, HasSubstr("it takes at least"));
  EXPECT_TRUE(world.aws.market.every_instance().empty());
}

TEST(JobSim, MeasuresTypesThatNobodyMeasured) {
  World world{3};
  auto spec = job_of(100'000, 8, "lp-budget");
  spec.work.budget = Money::from_dollars(20);
  spec.calibrate = Money::from_dollars(0.5);
  for (auto& type : spec.types) {
    type.measured.reset();
  }
  Manager manager{world, std::move(spec), 1};

  ASSERT_TRUE(manager.run_to_the_end());
  EXPECT_EQ(manager.run->book().course().state, JobState::Done)
      << manager.run->book().course().note;
  const auto samples =
      *world.state.performance().samples({.dataset = model::DatasetHash{"d"}, .parameters = {}});
  EXPECT_GE(samples.size(), 3U);
  for (const auto& sample : samples) {
    EXPECT_NEAR(sample.tasks_per_second, FakeAws::rate(sample.type),
                0.06 * FakeAws::rate(sample.type));
  }
}

TEST(JobSim, StartsAReplacementBeforeANoticedWorkerEnds) {
  World world{4};
  auto spec = job_of(200'000, 4, "lp-budget");
  spec.work.budget = Money::from_dollars(50);
  Manager manager{world, std::move(spec), 1};
  manager.loop.run_for(20min);
  ASSERT_EQ(manager.run->book().alive(), 4U);
  const auto victim = manager.run->book().workers().begin()->second.id;
  ASSERT_TRUE(world.aws.market.interrupt(victim.text()));
  for (int i = 0; i < 24 && manager.run->book().alive() < 5; ++i) {
    manager.loop.run_for(5s);
  }

  const auto& workers = manager.run->book().workers();
  EXPECT_FALSE(workers.begin()->second.ended);
  EXPECT_EQ(manager.run->book().alive(), 5U);
  ASSERT_TRUE(manager.run_to_the_end());
  EXPECT_TRUE(manager.run->book().workers().begin()->second.is_interrupted);
}

TEST(JobSim, LeavesAWorkerThatAwsRecommendsToLeaveOnceItsSuccessorRuns) {
  World world{4};
  Manager manager{world, job_of(200'000, 4), 1};
  manager.loop.run_for(20min);
  const auto& book = manager.run->book();
  ASSERT_EQ(book.alive(), 4U);
  const auto& victim = book.workers().begin()->second;
  int kept = 0;
  manager.run->take({.id = victim.id, .heard = Heard::Rebalance},
                    [&](const Result<void>& done) { kept += done ? 1 : 0; });

  manager.loop.run_for(10s);
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(book.alive(), 5U);
  EXPECT_FALSE(victim.ending);
  EXPECT_NE(book.workers().rbegin()->second.pool, victim.pool);
  manager.loop.run_for(2min);
  EXPECT_EQ(victim.reason, "rebalance");
  EXPECT_EQ(book.alive(), 4U);
  EXPECT_FALSE(victim.is_interrupted);
}

TEST(JobSim, ReplacesWhatTheCheapestPoolTakesBackFromTheNextCheapest) {
  World world{4};
  Manager manager{world, job_of(400'000, 4), 1};
  manager.loop.run_for(20min);
  const auto& book = manager.run->book();
  ASSERT_EQ(book.alive(), 4U);
  const auto cheapest = book.workers().begin()->second.pool;
  const auto before = static_cast<std::int64_t>(book.launches().size());
  for (const auto& [number, worker] : book.workers()) {
    ASSERT_EQ(worker.pool, cheapest);
    ASSERT_TRUE(world.aws.market.interrupt(worker.id.text()));
  }

  manager.loop.run_for(1min);
  EXPECT_EQ(book.alive(), 8U);  // the four successors are there before the four are gone
  manager.loop.run_for(8min);
  EXPECT_EQ(book.alive(), 4U);
  for (const auto& [number, launch] : book.launches()) {
    EXPECT_TRUE(number <= before || launch.pool != cheapest);
  }
}

TEST(JobSim, TriesAPoolThatFailedWithOneWorkerFirst) {
  World world{4};
  auto spec = job_of(400'000, 4);
  spec.types.resize(1);
  spec.types.front().zones.resize(1);
  Manager manager{world, std::move(spec), 1};
  manager.loop.run_for(20min);
  const auto& book = manager.run->book();
  ASSERT_EQ(book.alive(), 4U);
  for (const auto& [number, worker] : book.workers()) {
    ASSERT_TRUE(world.aws.market.interrupt(worker.id.text()));
  }

  manager.loop.run_for(9min);
  EXPECT_EQ(book.alive(), 0U);
  manager.loop.run_for(10min);
  EXPECT_EQ(book.alive(), 4U);
  std::vector<int> asked;
  for (const auto& [number, launch] : book.launches()) {
    asked.push_back(launch.count);
  }
  EXPECT_THAT(asked, ElementsAre(4, 1, 3));
}

TEST(JobSim, AsksAPoolThatRefusedNoSecondTimeInTheSameOrder) {
  World world{4};
  auto spec = job_of(400'000, 4, "cloudpits");
  spec.work.budget = Money::from_dollars(500);
  FakeFaults nothing_left;
  nothing_left.market.shortage = 1.0;
  Manager manager{world, std::move(spec), 1, nothing_left};

  manager.loop.run_for(9min);

  const auto& book = manager.run->book();
  ASSERT_THAT(book.launches(), Not(IsEmpty()));
  std::set<model::WorkerPool> asked;
  for (const auto& [number, launch] : book.launches()) {
    EXPECT_TRUE(asked.insert(launch.pool).second) << to_text(launch.pool);
  }
}

TEST(JobSim, BearsAWorkerBelowTargetForAsLongAsItsPolicyDoes) {
  World world{4};
  auto spec = job_of(200'000, 1);
  spec.work.budget = Money::from_dollars(6);
  auto policy = policy::fleet_policy_named("cloudpits", {.patience = 3});
  ASSERT_TRUE(policy);
  spec.policy = std::move(policy->policy);
  Manager manager{world, std::move(spec), 1};
  manager.loop.run_for(20min);

  ASSERT_EQ(manager.run->book().alive(), 1U);
  EXPECT_EQ(manager.run->book().workers().begin()->second.patience, 3);
}

TEST(JobSim, BelievesNoNonsense) {
  World world{5};
  Manager manager{world, job_of(200'000, 4), 1};
  manager.loop.run_for(5min);
  const auto id = manager.run->book().workers().begin()->second.id;
  const auto verdict = [&](const SentReport& sent) {
    return manager.run->take(sent, [](const Result<void>&) {});
  };

  EXPECT_EQ(verdict({.id = model::InstanceId{"i-other"}}), ReportVerdict::UnknownWorker);
  EXPECT_EQ(verdict({.id = id, .tasks_per_second = -1}), ReportVerdict::Absurd);
  EXPECT_EQ(verdict({.id = id, .tasks_per_second = std::nan("")}), ReportVerdict::Absurd);
  EXPECT_EQ(verdict({.id = id, .tasks_per_second = 1e6}), ReportVerdict::Absurd);
  EXPECT_EQ(verdict({.id = id, .tasks_per_second = 2, .tasks = 1e12}), ReportVerdict::Absurd);
  EXPECT_EQ(manager.run->book().bad_reports().absurd, 4);
  EXPECT_FALSE(manager.run->book().is_done());
}

/// The status of the answer to a report; 0 while there is none.
int status_of(Manager& manager, const std::string& url, const std::string& body) {
  ReportEndpoint endpoint{*manager.run, "secret"};
  int status = 0;
  endpoint.handle({.method = "POST", .url = url, .headers = {}, .body = body},
                  [&](const HttpReply& reply) { status = reply.response.status; });
  manager.loop.run_for(1s);
  return status;
}

TEST(JobSim, TakesReportsOfWhoKnowsTheTokenOnly) {
  World world{5};
  Manager manager{world, job_of(200'000, 4), 1};
  manager.loop.run_for(5min);
  const auto& worker = manager.run->book().workers().begin()->second;
  const auto id = worker.id.text();
  const auto report = fmt::format(R"({{"instance_id": "{}", "perf_sec": 2}})", id);

  EXPECT_EQ(status_of(manager, "/report?token=secret", report), 204);
  EXPECT_EQ(status_of(manager, "/report", report), 401);
  EXPECT_EQ(status_of(manager, "/report?token=secrets", report), 401);
  EXPECT_EQ(status_of(manager, "/report?token=secret", R"({"instance_id": "i-0"})"), 404);
  EXPECT_EQ(status_of(manager, "/report?token=secret",
                      fmt::format(R"({{"instance_id": "{}", "perf_sec": -2}})", id)),
            400);
  EXPECT_FALSE(worker.noticed);
  EXPECT_EQ(status_of(manager, "/report?token=secret",
                      fmt::format(R"({{"instanceId": "{}", "event": "spot-interruption"}})", id)),
            204);
  EXPECT_TRUE(worker.noticed);
}

TEST(JobSim, AddsUpWhatWorkersCountThemselves) {
  World world{6};
  auto spec = job_of(1'000, 2);
  spec.reads_metrics = false;
  Manager manager{world, std::move(spec), 1};
  manager.loop.run_for(2min);
  std::vector<model::InstanceId> ids;
  for (const auto& [number, worker] : manager.run->book().workers()) {
    ids.push_back(worker.id);
  }
  ASSERT_EQ(ids.size(), 2U);
  int kept = 0;
  const auto report = [&](std::size_t who, double tasks) {
    manager.run->take({.id = ids[who], .tasks_per_second = 2, .tasks = tasks, .is_of_worker = true},
                      [&](const Result<void>& done) { kept += done ? 1 : 0; });
  };
  report(0, 400);
  report(1, 300);
  report(0, 100);  // an old one
  EXPECT_EQ(manager.run->book().course().tasks_done, 700);
  manager.loop.run_for(1s);
  EXPECT_EQ(kept, 3);
  report(1, 600);
  ASSERT_TRUE(manager.run_to_the_end());
  EXPECT_EQ(manager.run->book().course().state, JobState::Done);
}

TEST(JobSim, GivesUpAProgramThatNeverReports) {
  World world{7};
  FakeFaults faults;
  faults.mute = 1;
  Manager manager{world, job_of(200'000, 4), 1, faults};

  ASSERT_TRUE(manager.run_to_the_end());
  EXPECT_EQ(manager.run->book().course().state, JobState::Failed);
  EXPECT_THAT(manager.run->book().course().note, HasSubstr("never reported"));
  expect_nothing_left(world, manager.loop.now());
}

TEST(JobSim, BearsAWorkerThatNeverReportsWhereItHasNoOther) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const auto is_measured : {true, false}) {
      SCOPED_TRACE(fmt::format("seed {}, measured {}", seed, is_measured));
      World world{seed};
      FakeFaults faults;
      faults.mute = 0.2;
      auto spec = job_of(2'000, 1);
      spec.types.resize(1);
      if (!is_measured) {
        spec.types.front().measured.reset();
        spec.calibrate = Money::from_dollars(0.3);
      }
      Manager manager{world, std::move(spec), seed, faults};

      ASSERT_TRUE(manager.run_to_the_end());
      EXPECT_EQ(manager.run->book().course().state, JobState::Done)
          << manager.run->book().course().note;
    }
  }
}

TEST(JobSim, DoesNothingMoreOnceAnotherHoldsIt) {
  World world{8};
  Manager first{world, job_of(200'000, 4), 1};
  first.loop.run_for(5min);
  auto& store = world.state.jobs();
  ASSERT_TRUE(*store.hold(model::JobId{"j-1"}, "other", first.loop.now(), first.loop.now() + 1h));

  const auto launched = world.aws.market.every_instance().size();
  world.aws.market.interrupt(first.run->book().workers().begin()->second.id.text());
  first.loop.run_for(2h);
  EXPECT_TRUE(first.run->is_lost());
  EXPECT_EQ(world.aws.market.every_instance().size(), launched);
}

TEST(JobSim, IsDoneWhenItsEngineSaysSo) {
  World world{8};
  auto spec = job_of(1'000, 2);
  spec.reads_metrics = false;
  sim::EventLoop loop{kMorning};
  ScriptedEngine engine{loop};
  Manager manager{world, std::move(spec), 1, {}, &engine};
  const auto pass = [&](Duration time) {
    loop.run_for(time);
    manager.loop.run_for(time);
  };
  const auto told = [&](const EngineReport& report) {
    engine.report = report;
    for (int second = 0; second < 30; ++second) {
      pass(1s);
    }
    return manager.run->book().course().tasks_done;
  };

  EXPECT_EQ(told({}), 0);
  EXPECT_EQ(engine.starts, 1);
  EXPECT_EQ(engine.most_workers, 2U);
  EXPECT_EQ(told({.tasks_done = 400}), 400);
  EXPECT_EQ(told({.tasks_done = 1'000}), 999) << "its result is not there yet";
  EXPECT_EQ(told({.tasks_done = 7, .restarted = "it died"}), 7);
  EXPECT_FALSE(manager.run->book().is_done());
  EXPECT_EQ(told({.is_done = true}), 1'000);
  for (int second = 0; second < 300 && !manager.run->is_over(); ++second) {
    pass(1s);
  }
  EXPECT_TRUE(manager.run->is_over());
  EXPECT_EQ(manager.run->book().course().state, JobState::Done);
  EXPECT_EQ(engine.ended, Engine::End::Over);
}

TEST(JobSim, FailsBeforeItSpendsAnythingWhereItsEngineCannotBeStarted) {
  World world{8};
  sim::EventLoop loop{kMorning};
  ScriptedEngine engine{loop};
  engine.readiness = fail(ErrorKind::NotFound, "there is no runtime");
  Manager manager{world, job_of(1'000, 2), 1, {}, &engine};
  for (int second = 0; second < 300 && !manager.run->is_over(); ++second) {
    loop.run_for(1s);
    manager.loop.run_for(1s);
  }
  EXPECT_TRUE(manager.run->is_over());
  EXPECT_EQ(manager.run->book().course().state, JobState::Failed);
  EXPECT_EQ(manager.run->book().course().note, "there is no runtime");
  EXPECT_TRUE(world.aws.market.every_instance().empty());
}

}  // namespace
}  // namespace spotvane::job
