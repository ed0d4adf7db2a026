#include "guard/fleet_scaler.hpp"

#include "base/random.hpp"
#include "guard/no_aws_harness.hpp"
#include "sim/crash.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_state_store.hpp"

#include <gmock/gmock.h>

#include <map>
#include <memory>

namespace spotvane::guard {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kMorning = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

const ScalingRule kUp{.alarm = "busy",
                      .fleet_id = "sfr-1",
                      .region = "us-east-1",
                      .step = 8,
                      .cooldown = 5min,
                      .least = 8,
                      .most = 40};
const ScalingRule kDown{.alarm = "idle",
                        .fleet_id = "sfr-1",
                        .region = "us-east-1",
                        .step = -4,
                        .cooldown = 10min,
                        .least = 8,
                        .most = 40};

std::optional<int> target_of(const ScalingRule& rule, int target,
                             const std::optional<TargetChange>& latest = {}) {
  return next_step(rule, {AlarmState::Alarm}, target, latest, kMorning).target;
}

TEST(ScalingStep, StepsWithinTheRulesBoundsWhileTheAlarmLasts) {
  EXPECT_EQ(target_of(kUp, 24), 32);
  EXPECT_EQ(target_of(kUp, 36), 40);
  EXPECT_EQ(target_of(kUp, 40), std::nullopt);
  EXPECT_EQ(target_of(kUp, 60), std::nullopt);  // somebody wanted that
  EXPECT_EQ(target_of(kDown, 24), 20);
  EXPECT_EQ(target_of(kDown, 10), 8);
  EXPECT_EQ(target_of(kDown, 8), std::nullopt);
  EXPECT_EQ(target_of(kDown, 2), std::nullopt);
  for (const auto state : {AlarmState::Ok, AlarmState::Unknown}) {
    EXPECT_EQ(next_step(kUp, {state}, 24, {}, kMorning).reason, StepReason::Calm);
  }
}

TEST(ScalingStep, WaitsForTheCooldownAndTakesUpWhatWasBegun) {
  const TargetChange change{kMorning - 6min, 24, 32, true};
  EXPECT_EQ(target_of(kUp, 32, change), 40);
  EXPECT_EQ(target_of(kDown, 32, change), std::nullopt);
  EXPECT_EQ(parse_target_change(to_text(change)), change);

  const TargetChange begun{kMorning - 1min, 24, 32, false};
  EXPECT_EQ(target_of(kUp, 24, begun), 32);            // AWS has not heard of it
  EXPECT_EQ(target_of(kUp, 32, begun), std::nullopt);  // it has
  EXPECT_EQ(parse_target_change("nonsense"), std::nullopt);
}

/// As a policy of Application Auto Scaling may say: above 50 by up to 20, by up to 40, by more.
const ScalingRule kSteps{.alarm = "busy",
                         .fleet_id = "sfr-1",
                         .region = "us-east-1",
                         .steps = {{.lower = 0, .upper = 20, .adjustment = 4},
                                   {.lower = 20, .upper = 40, .adjustment = 10},
                                   {.lower = 40, .adjustment = 20}},
                         .cooldown = 5min,
                         .least = 8,
                         .most = 60};

ScalingStep step_at(const ScalingRule& rule, double value, int target,
                    const std::optional<TargetChange>& latest = {}) {
  return next_step(rule, {AlarmState::Alarm, 50.0, value}, target, latest, kMorning);
}

TEST(ScalingStep, IsTheOneOfHowFarTheMetricIsBeyondTheThreshold) {
  EXPECT_EQ(step_at(kSteps, 50, 24).target, 28);
  EXPECT_EQ(step_at(kSteps, 69.9, 24).target, 28);
  EXPECT_EQ(step_at(kSteps, 70, 24).target, 34);
  EXPECT_EQ(step_at(kSteps, 90, 24).target, 44);
  EXPECT_EQ(step_at(kSteps, 1e9, 24).target, 44);
  EXPECT_EQ(step_at(kSteps, 1e9, 55).target, 60);
  EXPECT_EQ(step_at(kSteps, 49, 24).reason, StepReason::NoStep);

  // Below the threshold it is the upper bound that is a step's own.
  auto down = kSteps;
  down.steps = {{.upper = -20, .adjustment = -10}, {.lower = -20, .upper = 0, .adjustment = -4}};
  EXPECT_EQ(step_at(down, 30, 24).target, 14);
  EXPECT_EQ(step_at(down, 30.1, 24).target, 20);
  EXPECT_EQ(step_at(down, 50.1, 24).reason, StepReason::NoStep);

  const AlarmReading blind{AlarmState::Alarm, 50.0, {}};
  EXPECT_EQ(next_step(kSteps, blind, 24, {}, kMorning), (ScalingStep{StepReason::NoValue}));
}

TEST(ScalingStep, IsOfUnitsOfPercentOrExact) {
  auto rule = kSteps;
  rule.adjust_by = AdjustBy::Percent;
  EXPECT_EQ(step_at(rule, 70, 24).target, 26);  // 2.4 of them
  EXPECT_EQ(step_at(rule, 50, 9).target, 10);   // 0.36: at least one
  rule.least_change = 6;
  EXPECT_EQ(step_at(rule, 70, 24).target, 30);
  rule.adjust_by = AdjustBy::Exact;
  EXPECT_EQ(step_at(rule, 70, 24).target, 10);
  EXPECT_EQ(step_at(rule, 50, 24).target, 8);  // least
}

TEST(ScalingStep, CountsWithinTheCooldownWhatWentUpAlready) {
  const TargetChange up{.at = kMorning - 1min, .from = 24, .to = 28, .is_done = true};
  EXPECT_EQ(step_at(kSteps, 50, 28, up).reason, StepReason::Cooldown);
  EXPECT_EQ(step_at(kSteps, 90, 28, up), (ScalingStep{StepReason::Step, 44, 24}));
  const TargetChange more{.at = kMorning - 30s, .from = 28, .to = 44, .is_done = true, .base = 24};
  EXPECT_EQ(parse_target_change(to_text(more)), more);
  EXPECT_EQ(step_at(kSteps, 90, 44, more).reason, StepReason::Cooldown);

  // What went down comes up at once; nothing goes down.
  const TargetChange down{.at = kMorning - 1min, .from = 24, .to = 20, .is_done = true};
  EXPECT_EQ(step_at(kSteps, 50, 20, down), (ScalingStep{StepReason::Step, 24}));
  EXPECT_EQ(target_of(kDown, 20, down), std::nullopt);
}

TEST(ScalingStep, KnowsStepsThatOverlapOrLeaveAGap) {
  EXPECT_TRUE(check_steps(kSteps.steps));
  EXPECT_FALSE(check_steps({{.lower = 0, .upper = 20}, {.lower = 10}}));
  EXPECT_FALSE(check_steps({{.lower = 0, .upper = 20}, {.lower = 30}}));
  EXPECT_FALSE(check_steps({{.lower = 0}, {.lower = 30}}));
  EXPECT_FALSE(check_steps({{.lower = 20, .upper = 0}}));
}

/// A fleet and its alarms, on virtual time.
class ScalableFleet final : public NoAws {
 public:
  void use(sim::EventLoop& loop) { loop_ = &loop; }

  void describe_fleet(model::Region, std::string id, On<SpotFleet> on_fleet) override {
    loop_->after(20ms, [this, id, on_fleet] {
      on_fleet(SpotFleet{.id = id, .state = "active", .target = static_cast<double>(target)});
    });
  }
  void scale_fleet(FleetTarget wanted, On<void> on_done) override {
    loop_->after(30ms, [this, wanted, on_done]() {
      if (is_denied) {
        return on_done(tl::unexpected(Error{ErrorKind::Denied, "not allowed", "allow 'ec2:X'"}));
      }
      target = wanted.target;
      sets.push_back(target);
      on_done({});
    });
  }
  void alarm_state(model::Region, std::string alarm, On<AlarmState> on_state) override {
    loop_->after(10ms, [this, alarm, on_state] {
      const auto found = alarms.find(alarm);
      on_state(found == alarms.end() ? Result<AlarmState>{fail(ErrorKind::NotFound, "none")}
                                     : Result<AlarmState>{found->second});
    });
  }

  void read_alarm(model::Region region, std::string alarm, TimePoint,
                  On<AlarmReading> on_reading) override {
    alarm_state(std::move(region), std::move(alarm), [this, on_reading](Result<AlarmState> state) {
      on_reading(state.map([this](AlarmState is) { return AlarmReading{is, 50.0, value}; }));
    });
  }

  double value = 50;  // of every alarm's metric, the threshold being 50
  int target = 24;
  bool is_denied = false;
  std::map<std::string, AlarmState> alarms{{"busy", AlarmState::Ok}, {"idle", AlarmState::Ok}};
  std::vector<int> sets;

 private:
  sim::EventLoop* loop_ = nullptr;
};

/// Scalers at work, each hearing of the alarm and looking for itself each minute.
struct ScalingScene {
  explicit ScalingScene(int at_once = 1) : count{at_once} { start(); }

  void start() {
    scalers.clear();
    fleet.use(*loop);
    for (int i = 0; i < count; ++i) {
      scalers.push_back(std::make_unique<FleetScaler>(
          rules, "scaler-" + std::to_string(i),
          GuardPorts{fleet, fleet, fleet, fleet, state, *loop, *loop}, log));
      look(*scalers.back());
    }
  }
  void look(FleetScaler& scaler) {
    scaler.review([this, &scaler](const Result<void>&) {
      loop->after(1min, [this, &scaler] { look(scaler); });
    });
  }
  void tell(const std::string& alarm) {
    for (const auto& scaler : scalers) {
      scaler->alarm_told(alarm, [](const Result<void>&) {});
    }
  }
  void crash() {
    const auto now = loop->now();
    scalers.clear();
    loop = std::make_unique<sim::EventLoop>(now + 30s);
    start();
  }

  std::unique_ptr<sim::EventLoop> loop = std::make_unique<sim::EventLoop>(kMorning);
  sim::CrashPoint crash_point;
  sim::MemoryStateStore state{&crash_point};
  ScalableFleet fleet;
  Rules rules{.scalings = {kUp, kDown}};
  int count;
  std::vector<std::string> outcomes;
  DecisionLog log = [this](const std::string&, const std::string&, const std::string& outcome,
                           const std::string&) {
    outcomes.push_back(outcome);
    return Result<void>{};
  };
  std::vector<std::unique_ptr<FleetScaler>> scalers;
};

TEST(FleetScaler, StepsOnceInACooldownHoweverOftenAndByWhomeverItIsTold) {
  for (const int count : {1, 2}) {
    ScalingScene scene{count};
    scene.loop->run_for(10s);
    scene.fleet.alarms["busy"] = AlarmState::Alarm;
    for (int i = 0; i < 20; ++i) {
      scene.tell("busy");
      scene.loop->run_for(7s);
    }
    EXPECT_THAT(scene.fleet.sets, ElementsAre(32));

    scene.loop->run_for(20min);  // it lasts, and nobody says so again
    EXPECT_THAT(scene.fleet.sets, ElementsAre(32, 40));

    scene.fleet.alarms = {{"busy", AlarmState::Ok}, {"idle", AlarmState::Alarm}};
    scene.loop->run_for(35min);
    EXPECT_THAT(scene.fleet.sets, ElementsAre(32, 40, 36, 32, 28, 24));
  }
}

TEST(FleetScaler, StepsFurtherWhileTheMetricGoesFurther) {
  ScalingScene scene;
  scene.loop->run_for(10s);  // it has looked by its former rules
  scene.rules.scalings = {kSteps};
  scene.fleet.alarms["busy"] = AlarmState::Alarm;
  scene.loop->run_for(90s);
  scene.fleet.value = 75;
  scene.loop->run_for(3min);
  EXPECT_THAT(scene.fleet.sets, ElementsAre(28, 34));  // 24 and 10, of which 4 were there

  scene.fleet.alarms["busy"] = AlarmState::Ok;
  scene.loop->run_for(20min);
  EXPECT_THAT(scene.fleet.sets, ElementsAre(28, 34));
}

TEST(FleetScaler, DoesNothingForAnAlarmThatIsOverOrUnknown) {
  ScalingScene scene;
  scene.tell("busy");  // an old message: the alarm is over by now
  scene.tell("somebody-else's");
  scene.loop->run_for(10min);
  EXPECT_THAT(scene.fleet.sets, IsEmpty());

  scene.fleet.alarms.clear();
  std::optional<Result<void>> done;
  scene.scalers.front()->alarm_told("busy", [&](const Result<void>& result) { done = result; });
  scene.loop->run_for(1s);
  ASSERT_TRUE(done && !*done);
  EXPECT_EQ(done->error().kind, ErrorKind::NotFound);
}

TEST(FleetScaler, SaysWhatItWouldDoOnADryRunAndWhatItMayNotDo) {
  ScalingScene dry;
  dry.rules.is_dry_run = true;
  dry.fleet.alarms["busy"] = AlarmState::Alarm;
  dry.loop->run_for(2min);
  EXPECT_THAT(dry.fleet.sets, IsEmpty());
  EXPECT_THAT(dry.outcomes, testing::Contains("would-step"));

  ScalingScene denied;
  denied.fleet.is_denied = true;
  denied.fleet.alarms["busy"] = AlarmState::Alarm;
  denied.loop->run_for(30s);
  EXPECT_THAT(denied.outcomes, testing::Contains("failed"));
  denied.fleet.is_denied = false;
  denied.loop->run_for(2min);  // what was begun is taken up once it is allowed
  EXPECT_THAT(denied.fleet.sets, ElementsAre(32));
}

TEST(FleetScaler, TakesOneStepWhereverItDies) {
  ScalingScene unharmed;
  unharmed.fleet.alarms["busy"] = AlarmState::Alarm;
  unharmed.crash_point.disarm();
  unharmed.loop->run_for(2min);
  const auto places = unharmed.crash_point.passed();
  ASSERT_GT(places, 5U);

  for (std::uint64_t place = 0; place < places; ++place) {
    ScalingScene scene;
    scene.fleet.alarms["busy"] = AlarmState::Alarm;
    scene.crash_point.arm(place);
    try {
      scene.loop->run_for(2min);
    } catch (const sim::Crash&) {
      scene.crash();
    }
    scene.loop->run_for(2min);

    ASSERT_EQ(scene.fleet.target, 32) << "died at " << place;
  }
}

}  // namespace

}  // namespace spotvane::guard
