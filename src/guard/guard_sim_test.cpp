#include "guard/guard.hpp"

#include "base/random.hpp"
#include "guard/no_aws_harness.hpp"
#include "sim/crash.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_state_store.hpp"
#include "support/seeds.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <deque>
#include <set>

namespace spotvane::guard {

namespace {

using namespace std::chrono_literals;
using testing::SizeIs;

constexpr TimePoint kStart = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

/// ECS, a Spot Fleet, its group and CloudWatch, on virtual time; what was done to them.
class FakeAws final : public NoAws {
 public:
  explicit FakeAws(Random random) : random_{random} {}

  void drain(ContainerHost host, On<Draining> on_draining) override {
    answer(std::move(on_draining), [this, host]() -> Result<Draining> {
      if (host.cluster != "prod") {
        return fail(ErrorKind::NotFound, "Cluster not found.");
      }
      ++drains[host.arn];
      return gone.contains(host.arn) ? Draining::NoSuchHost : Draining::Begun;
    });
  }
  void find_host(model::Region, std::string, std::string id,
                 On<ContainerHostStatus> on_host) override {
    answer(std::move(on_host), [this, id] {
      return ContainerHostStatus{
          .arn = "arn/" + id, .status = "ACTIVE", .running_tasks = tasks[id]};
    });
  }

  void describe_fleet(model::Region, std::string id, On<SpotFleet> on_fleet) override {
    answer(std::move(on_fleet), [this, id]() -> Result<SpotFleet> {
      if (is_fleet_unknown) {
        return fail(ErrorKind::NotFound, "no such fleet");
      }
      return SpotFleet{.id = id,
                       .state = "active",
                       .target = target,
                       .fulfilled = 8.0 * static_cast<double>(running.size()),
                       .weights = {{"m5.2xlarge", 8.0}}};
    });
  }
  void fleet_instances(model::Region, std::string,
                       On<std::vector<FleetInstance>> on_instances) override {
    answer(std::move(on_instances), [this] {
      std::vector<FleetInstance> all;
      for (const auto& id : running) {
        all.push_back({id, "m5.2xlarge"});
      }
      return all;
    });
  }
  void scale_fleet(FleetTarget wanted, On<void> on_done) override {
    answer(std::move(on_done), [this, wanted]() -> Result<void> {
      scales.push_back(wanted.target);
      target = wanted.target;
      return {};
    });
  }
  void describe_group(model::Region, std::string name,
                      On<std::optional<ScalingGroup>> on_group) override {
    answer(std::move(on_group),
           [this, name] { return std::optional{ScalingGroup{name, 0, 100'000, desired}}; });
  }
  void let_go(model::Region, HeldInstance held, On<void> on_done) override {
    answer(std::move(on_done), [this, held]() -> Result<void> {
      ++let_gone[held.token];
      return {};
    });
  }
  void set_desired_capacity(model::Region, std::string, int wanted, bool honors_cooldown,
                            On<void> on_done) override {
    answer(std::move(on_done), [this, wanted, honors_cooldown]() -> Result<void> {
      if (is_denied) {
        return tl::unexpected(
            Error{ErrorKind::Denied, "not allowed", "allow 'autoscaling:SetDesiredCapacity'"});
      }
      if (honors_cooldown && is_cooling) {
        return fail(ErrorKind::Busy, "ScalingActivityInProgress");
      }
      sets.push_back(wanted);
      desired = wanted;
      return {};
    });
  }
  void fleet_metric(FleetMetricQuery query, On<std::vector<MetricPoint>> on_points) override {
    answer(std::move(on_points), [this, query]() -> Result<std::vector<MetricPoint>> {
      if (query.metric != "TargetCapacity") {
        return std::vector<MetricPoint>{};
      }
      return std::vector<MetricPoint>{{query.from, metric_target}, {query.to, target}};
    });
  }

  void alarm_state(model::Region, std::string alarm, On<AlarmState> on_state) override {
    answer(std::move(on_state), [this, alarm]() -> Result<AlarmState> {
      const auto found = alarms.find(alarm);
      return found != alarms.end() ? Result<AlarmState>{found->second}
                                   : fail(ErrorKind::NotFound, "there is no alarm '{}'", alarm);
    });
  }

  /// The simulated process has died: answers on their way reach nobody.
  void use(sim::EventLoop& loop) { loop_ = &loop; }

  double target = 0.0;
  double metric_target = 0.0;
  std::set<std::string> running;
  std::set<std::string> gone;
  int desired = 0;
  bool is_fleet_unknown = false;
  bool is_denied = false;
  bool is_cooling = false;
  double trouble = 0.0;  // share of calls that fail, half of them after their effect
  std::map<std::string, int> drains;
  std::vector<int> sets;
  std::vector<int> scales;
  std::map<std::string, int> let_gone;
  std::map<std::string, int> tasks;  // by instance
  std::map<std::string, AlarmState> alarms;

 private:
  template <typename T, typename Make>
  void answer(On<T> on_answer, Make make) {
    const auto wait = Duration{5 + static_cast<Duration::rep>(random_.below(60))};
    loop_->after(wait, [this, on_answer = std::move(on_answer), make] {
      const bool fails = random_.chance(trouble);
      if (fails && random_.chance(0.5)) {
        return on_answer(fail(ErrorKind::Unavailable, "no answer"));
      }
      Result<T> result = make();
      if (fails) {
        return on_answer(fail(ErrorKind::Unavailable, "the answer was lost"));
      }
      on_answer(std::move(result));
    });
  }

  sim::EventLoop* loop_ = nullptr;
  Random random_;
};

/// SQS: hands out what it has, in any order, again after a while unless it was removed.
struct FakeQueue {
  struct Message {
    std::string text;
    TimePoint visible = {};
    bool is_removed = false;
  };
  std::vector<Message> messages;

  std::size_t left() const {
    return static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(),
                                                  [](const auto& one) { return !one.is_removed; }));
  }
};

std::string notice(const std::string& id) {
  return fmt::format(
      R"({{"terminationNotificiation":"true","instanceId":"{0}","instanceType":"m5.2xlarge",
      "ecsCluster":"prod","ecsContainer":"arn/{0}","eventId":"e","event":"spot-interruption"}})",
      id);
}

std::string warning(const std::string& id) {
  return fmt::format(
      R"({{"detail-type":"EC2 Spot Instance Interruption Warning","region":"us-east-1",
      "time":"2026-08-01T00:00:00Z","detail":{{"instance-id":"{}","instance-action":"terminate"}}}})",
      id);
}

/// Guards at work on a queue.
struct Scene {
  explicit Scene(int hosts = 10, int at_once = 1) : count{at_once} {
    aws.use(*loop);
    for (int i = 0; i < hosts; ++i) {
      aws.running.insert(host(i));
    }
    aws.target = aws.metric_target = 8.0 * hosts;
    start();
  }

  static std::string host(int number) { return fmt::format("i-{:05}", number); }

  void start() {
    guards.clear();
    for (int i = 0; i < count; ++i) {
      guards.push_back(std::make_unique<Guard>(
          rules, fmt::format("guard-{}-{}", i, starts),
          GuardPorts{aws, aws, aws, aws, state, *loop, *loop,
                     [this](const GuardDecision& one) { told.push_back(one); }}));
      work(*guards.back());
    }
    ++starts;
  }

  /// Takes the next visible message, drawn by lot, and goes on when it is done.
  void work(Guard& guard) {
    std::vector<std::size_t> visible;
    for (std::size_t i = 0; i < queue.messages.size(); ++i) {
      if (!queue.messages[i].is_removed && queue.messages[i].visible <= loop->now()) {
        visible.push_back(i);
      }
    }
    if (visible.empty()) {
      loop->after(100ms, [this, &guard] { work(guard); });
      return;
    }
    for (int taken = 0; taken < 10 && !visible.empty(); ++taken) {
      const auto drawn = random.below(visible.size());
      const auto index = visible[drawn];
      visible.erase(visible.begin() + static_cast<std::ptrdiff_t>(drawn));
      queue.messages[index].visible = loop->now() + 30s;
      guard.handle(queue.messages[index].text, [this, index](const Result<void>& done) {
        if (done) {
          queue.messages[index].is_removed = true;
        } else {
          queue.messages[index].visible = loop->now() + 1s;
        }
      });
    }
    loop->after(20ms, [this, &guard] { work(guard); });
  }

  /// The process dies, and another one starts after a while.
  void crash() {
    const auto now = loop->now();
    guards.clear();
    loop = std::make_unique<sim::EventLoop>(now + 2s);
    aws.use(*loop);
    start();
  }

  void send(const std::string& text) { queue.messages.push_back({text}); }

  std::unique_ptr<sim::EventLoop> loop = std::make_unique<sim::EventLoop>(kStart);
  sim::CrashPoint crash_point;
  sim::MemoryStateStore state{&crash_point};
  FakeAws aws{Random{5}};
  FakeQueue queue;
  Random random{9};
  Rules rules{.fleets = {{.fleet_id = "sfr-1",
                          .region = "us-east-1",
                          .group = "spare",
                          .units_per_server = 4.0}},
              .clusters = {"prod"},
              .region = "us-east-1"};
  int count;
  int starts = 0;
  std::vector<GuardDecision> told;
  std::vector<std::unique_ptr<Guard>> guards;
};

TEST(Guard, DrainsAHostAndFillsTheGapWithinSeconds) {
  Scene scene;
  scene.send(notice("i-00003"));
  scene.loop->run_for(2s);

  EXPECT_EQ(scene.aws.drains["arn/i-00003"], 1);
  EXPECT_EQ(scene.aws.desired, 2);
  EXPECT_EQ(scene.queue.left(), 0U);
}

TEST(Guard, DrainsAHostOnceHoweverManySourcesSaySo) {
  Scene scene;
  for (int i = 0; i < 5; ++i) {
    scene.send(notice("i-00003"));
    scene.send(warning("i-00003"));
  }
  scene.loop->run_for(1min);

  EXPECT_EQ(scene.aws.drains["arn/i-00003"], 1);
  EXPECT_EQ(scene.aws.desired, 2);
  EXPECT_THAT(scene.aws.sets, SizeIs(1));
}

TEST(Guard, MakesOneGapOfFiftyNotices) {
  Scene scene{100};
  for (int i = 0; i < 50; ++i) {
    scene.send(notice(Scene::host(i)));
  }
  scene.loop->run_for(1min);

  EXPECT_EQ(scene.aws.desired, 100);  // 50 hosts of 8 units, by servers of 4
}

TEST(Guard, GivesBackWhatSpotHasFilledAgain) {
  Scene scene;
  scene.send(notice("i-00003"));
  scene.loop->run_for(2s);
  scene.aws.running.erase("i-00003");
  scene.aws.running.insert("i-00099");
  scene.aws.is_cooling = true;
  scene.guards.front()->review([](const auto&) {});
  scene.loop->run_for(1min);
  EXPECT_EQ(scene.aws.desired, 2);
  EXPECT_EQ(scene.told.back().outcome, "cooldown");

  scene.aws.is_cooling = false;
  scene.guards.front()->review([](const auto&) {});
  scene.loop->run_for(1min);
  EXPECT_EQ(scene.aws.desired, 0);
}

TEST(Guard, DrainsButDoesNotSizeWhereTheFleetWasJustScaledOrIsUnknown) {
  Scene scaled;
  scaled.aws.metric_target = 40.0;
  scaled.send(notice("i-00003"));
  scaled.loop->run_for(1min);
  EXPECT_EQ(scaled.aws.drains["arn/i-00003"], 1);
  EXPECT_EQ(scaled.aws.desired, 0);
  EXPECT_EQ(scaled.told.back().outcome, "just-scaled");

  Scene unknown;
  unknown.aws.is_fleet_unknown = true;
  unknown.send(notice("i-00003"));
  unknown.loop->run_for(1min);
  EXPECT_EQ(unknown.aws.desired, 0);
  EXPECT_EQ(unknown.told.back().outcome, "capacity-unknown");
}

TEST(Guard, ChangesNothingOnADryRun) {
  Scene scene;
  scene.rules.is_dry_run = true;
  scene.crash();  // with other rules
  scene.send(notice("i-00003"));
  scene.loop->run_for(1min);

  EXPECT_TRUE(scene.aws.drains.empty());
  EXPECT_TRUE(scene.aws.sets.empty());
  ASSERT_THAT(scene.told, SizeIs(2));
  EXPECT_EQ(scene.told[0].outcome, "would-drain");
  EXPECT_EQ(scene.told[1].outcome, "would-raise");
}

TEST(Guard, SetsAsideWhatIsNoEventAndKeepsWhatItMayNotDo) {
  Scene scene;
  scene.aws.is_denied = true;
  scene.send("poison");
  scene.send(notice("i-00003"));
  scene.loop->run_for(1min);
  EXPECT_EQ(scene.guards.front()->counts().set_aside, 1);
  EXPECT_EQ(scene.queue.left(), 1U);  // until the permission is there, or the queue's own limit

  scene.aws.is_denied = false;
  scene.loop->run_for(1min);
  EXPECT_EQ(scene.aws.desired, 2);
  EXPECT_EQ(scene.aws.drains["arn/i-00003"], 1);
}

TEST(Guard, AnswersForHostsOfUnknownClustersAndFleets) {
  Scene scene;
  scene.send(R"({"terminationNotificiation":"true","instanceId":"i-77777","instanceType":"m5.large",
                 "ecsCluster":"none","ecsContainer":"arn/x"})");
  scene.send(R"({"fleetID":"sfr-none"})");
  scene.loop->run_for(1min);

  EXPECT_EQ(scene.queue.left(), 0U);
  EXPECT_THAT(scene.told, SizeIs(2));
}

TEST(Guard, LeavesSpotForAWhileWhereInterruptionsAreMany) {
  Scene scene{20};
  scene.rules.fleets.front().fallback = {.interruptions = 5, .window = 10min, .hold = 30min};
  scene.crash();  // with other rules
  for (int i = 0; i < 5; ++i) {
    scene.send(notice(Scene::host(i)));
  }
  scene.loop->run_for(1min);
  EXPECT_EQ(scene.aws.desired, 40);  // all 160 units, by servers of 4

  scene.loop->run_for(40min);
  scene.guards.front()->review([](const auto&) {});
  scene.loop->run_for(1min);
  EXPECT_EQ(scene.aws.desired, 0);
}

TEST(Guard, LetsAHostOfAGroupGoOnceItsTasksHaveLeft) {
  const auto ending = [](const std::string& transition) {
    return fmt::format(
        R"({{"detail-type":"EC2 Instance-terminate Lifecycle Action","region":"us-east-1",
        "time":"2026-08-01T00:00:00Z","detail":{{"EC2InstanceId":"i-00003","LifecycleHookName":"h",
        "AutoScalingGroupName":"spare","LifecycleActionToken":"t",
        "LifecycleTransition":"autoscaling:EC2_INSTANCE_{}"}}}})",
        transition);
  };
  Scene scene;
  scene.aws.tasks["i-00003"] = 2;
  scene.send(ending("TERMINATING"));
  scene.send(ending("LAUNCHING"));
  scene.loop->run_for(20s);
  EXPECT_EQ(scene.aws.drains["arn/i-00003"], 1);
  EXPECT_TRUE(scene.aws.let_gone.empty());
  EXPECT_EQ(scene.queue.left(), 1U);

  scene.crash();  // the queue remembers it
  scene.aws.tasks["i-00003"] = 0;
  scene.loop->run_for(1min);
  EXPECT_GE(scene.aws.let_gone["t"], 1);
  EXPECT_EQ(scene.aws.drains["arn/i-00003"], 1);
  EXPECT_EQ(scene.queue.left(), 0U);

  Scene stuck;
  stuck.aws.tasks["i-00003"] = 2;  // a task by itself, say
  stuck.send(ending("TERMINATING"));
  stuck.loop->run_for(16min);
  EXPECT_EQ(stuck.aws.let_gone["t"], 1);
  EXPECT_EQ(stuck.told.back().outcome, "continued-with-tasks");
}

/// Duplicates, poison, lost answers, in any order.
void storm(Scene& scene, int hosts) {
  for (int i = 0; i < hosts; ++i) {
    for (std::uint64_t copies = 1 + scene.random.below(3); copies > 0; --copies) {
      scene.send(scene.random.chance(0.5) ? notice(Scene::host(i)) : warning(Scene::host(i)));
    }
    if (i % 10 == 0) {
      scene.send("poison");
    }
  }
}

/// A host is told of by two messages or so; SPOTVANE_STORM_DAYS=30 makes it more than 10,000.
int many_hosts() {
  return support::storm_days() > 1 ? 5'000 : 400;
}

TEST(Guard, LosesNothingOfThousandsOfEventsAndDoesNothingTwice) {
  const int hosts = many_hosts();
  for (const int guards : {1, 2}) {
    Scene scene{hosts, guards};
    storm(scene, hosts);
    scene.loop->run_for(30min);

    EXPECT_EQ(scene.queue.left(), 0U);
    EXPECT_THAT(scene.aws.drains, SizeIs(hosts));
    for (const auto& [arn, times] : scene.aws.drains) {
      ASSERT_EQ(times, 1) << arn << " with " << guards;
    }
    EXPECT_EQ(scene.aws.desired, hosts * 2);
    EXPECT_TRUE(std::is_sorted(scene.aws.sets.begin(), scene.aws.sets.end()));
    int set_aside = 0;
    for (const auto& guard : scene.guards) {
      set_aside += guard->counts().set_aside;
    }
    EXPECT_EQ(set_aside, hosts / 10);
  }
}

TEST(Guard, LosesNothingWhereAnswersAreLost) {
  Scene scene{60, 2};
  scene.aws.trouble = 0.2;
  storm(scene, 60);
  scene.loop->run_for(30min);

  EXPECT_EQ(scene.queue.left(), 0U);
  EXPECT_THAT(scene.aws.drains, SizeIs(60));
  EXPECT_EQ(scene.aws.desired, 120);
}

TEST(Guard, LosesNothingWhereverItDies) {
  Scene unharmed{4};
  storm(unharmed, 4);
  unharmed.crash_point.disarm();
  unharmed.loop->run_for(5min);
  const auto places = unharmed.crash_point.passed();
  ASSERT_GT(places, 20U);

  for (std::uint64_t place = 0; place < places; ++place) {
    Scene scene{4};
    storm(scene, 4);
    scene.crash_point.arm(place);
    try {
      scene.loop->run_for(5min);
    } catch (const sim::Crash&) {
      scene.crash();
    }
    scene.loop->run_for(10min);

    ASSERT_EQ(scene.queue.left(), 0U) << "died at " << place;
    ASSERT_THAT(scene.aws.drains, SizeIs(4)) << "died at " << place;
    ASSERT_EQ(scene.aws.desired, 8) << "died at " << place;
  }
}

}  // namespace

}  // namespace spotvane::guard
