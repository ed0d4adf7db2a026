#include "guard/drain_watch.hpp"

#include "guard/no_aws_harness.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_state_store.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::guard {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr TimePoint kNoticed = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

/// A host whose tasks leave it at some time, or never.
class LeavingHost final : public NoAws, public HostSurveys {
 public:
  explicit LeavingHost(sim::EventLoop& loop) : loop_{loop} {}

  void survey(ContainerHost, On<HostSurvey> on_survey) override {
    loop_.after(50ms, [this, on_survey] {
      on_survey(is_surveyed
                    ? Result<HostSurvey>{survey_}
                    : tl::unexpected(Error{ErrorKind::Denied, "no", "allow 'ecs:ListTasks'"}));
    });
  }
  void find_host(model::Region, std::string, std::string,
                 On<ContainerHostStatus> on_host) override {
    loop_.after(20ms, [this, on_host] {
      const bool is_gone = gone && loop_.now() >= *gone;
      on_host(is_gone ? ContainerHostStatus{}
                      : ContainerHostStatus{.arn = "arn/1",
                                            .status = "DRAINING",
                                            .running_tasks = loop_.now() < empty ? 2 : 0});
    });
  }

  HostSurvey survey_;
  bool is_surveyed = true;
  TimePoint empty = TimePoint::max();
  std::optional<TimePoint> gone = {};

 private:
  sim::EventLoop& loop_;
};

struct Watched {
  explicit Watched(const std::function<void(LeavingHost&)>& set_up = {}) {
    if (set_up) {
      set_up(host);
    }
    watch.follow({"i-1", {model::Region{"us-east-1"}, "prod", "arn/1"}, kNoticed + 2min});
    loop.run_for(5min);
  }

  sim::EventLoop loop{kNoticed};
  sim::MemoryStateStore state;
  LeavingHost host{loop};
  std::vector<std::string> said = {};
  std::string inputs = {};
  DecisionLog log = [this](const std::string&, const std::string& what, const std::string& outcome,
                           const std::string& from) {
    said.push_back(what + " " + outcome);
    inputs += from;
    return Result<void>{};
  };
  GuardPorts ports{.containers = host,
                   .fleets = host,
                   .groups = host,
                   .metrics = host,
                   .state = state,
                   .timers = loop,
                   .clock = loop,
                   .surveys = &host};
  DrainWatch watch{ports, log};
};

TEST(DrainWatch, SaysThatAHostWillDrainAndThatItHas) {
  const Watched seen{[](LeavingHost& host) { host.empty = kNoticed + 31s; }};
  EXPECT_THAT(seen.said, ElementsAre("preflight will-drain", "drain drained"));
  EXPECT_EQ(seen.watch.followed(), 0);
}

TEST(DrainWatch, SaysBeforehandThatAHostWillNotDrainInTimeAndWhy) {
  const Watched seen{
      [](LeavingHost& host) { host.survey_.tasks = {{.service = "", .cpu = 256, .memory = 256}}; }};
  EXPECT_THAT(seen.said, ElementsAre("preflight will-not-drain-in-time", "drain not-drained"));
  EXPECT_THAT(seen.inputs, HasSubstr("1 tasks of no service stay"));
  EXPECT_THAT(seen.inputs, HasSubstr("\"tasks_left\":2"));
}

TEST(DrainWatch, SaysThatAHostWentBeforeItWasDrained) {
  const Watched seen{[](LeavingHost& host) { host.gone = kNoticed + 40s; }};
  EXPECT_THAT(seen.said, ElementsAre("preflight will-drain", "drain gone"));
}

TEST(DrainWatch, FollowsAHostItMayNotSurvey) {
  const Watched seen{[](LeavingHost& host) {
    host.is_surveyed = false;
    host.empty = kNoticed + 10s;
  }};
  EXPECT_THAT(seen.said, ElementsAre("preflight unknown", "drain drained"));
  EXPECT_THAT(seen.inputs, HasSubstr("ecs:ListTasks"));
}

TEST(DrainWatch, SaysNoMoreThanWhatWillBeToWhoIsStopped) {
  Watched seen{[](LeavingHost& host) { host.empty = kNoticed; }};
  seen.said.clear();
  int times = 0;
  seen.watch.foretell({"i-2", {model::Region{"us-east-1"}, "prod", "arn/1"}, kNoticed + 10min},
                      [&] { ++times; });
  EXPECT_EQ(times, 0);
  seen.loop.run_for(5min);
  EXPECT_EQ(times, 1);
  EXPECT_THAT(seen.said, ElementsAre("preflight will-drain"));
}

}  // namespace

}  // namespace spotvane::guard
