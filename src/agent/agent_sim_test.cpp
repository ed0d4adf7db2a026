#include "agent/agent.hpp"
#include "base/random.hpp"
#include "sim/event_loop.hpp"
#include "support/seeds.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace spotvane::agent {

namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kStart = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
constexpr const char* kArn = "arn:aws:ecs:us-east-1:123456789012:container-instance/prod/0123";

/// What the network does to a request.
struct Weather {
  double trouble = 0.0;  // share of requests that meet any
};

/// Instance metadata and an ECS agent, with all that can go wrong with them.
class FakeInstance final : public HttpTransport {
 public:
  FakeInstance(sim::EventLoop& loop, Random random, Weather weather)
      : loop_{loop}, random_{random}, weather_{weather} {}

  Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) override {
    ++requests;
    auto wait = Duration{1 + static_cast<Duration::rep>(random_.below(5))};
    auto answer = answer_to(request);
    if (random_.chance(weather_.trouble)) {
      switch (random_.below(6)) {
        case 0:
          answer = HttpResponse{.status = 401};
          tokens_.clear();
          break;
        case 1:
          answer = HttpResponse{.status = 404};
          break;
        case 2:
          answer = HttpResponse{.status = 503, .body = "<html>busy</html>"};
          break;
        case 3:
          answer = fail(ErrorKind::Unavailable, "connection reset");
          break;
        case 4:
          answer = HttpResponse{.status = 200, .body = "<html>not what you asked</html>"};
          break;
        default:  // hangs until the client gives up
          answer = fail(ErrorKind::Unavailable, "no answer in time");
          wait = limits.whole_timeout;
      }
    }
    loop_.after(wait, [answer, on_response = std::move(on_response)] { on_response(answer); });
    return 0;
  }

  void cancel(Ticket) override {}

  std::map<std::string, std::string> texts;  // by path below "/latest/"
  int requests = 0;
  int tokens_given = 0;
  Duration token_life = 6h;

 private:
  Result<HttpResponse> answer_to(const HttpRequest& request) {
    if (request.url == "http://ecs/v1/metadata") {
      return has_ecs() ? Result<HttpResponse>{HttpResponse{.body = texts["ecs"]}}
                       : fail(ErrorKind::Unavailable, "connection refused");
    }
    const auto path = request.url.substr(std::string_view{"http://imds/latest/"}.size());
    if (request.method == "PUT") {
      auto token = fmt::format("token-{}", ++tokens_given);
      tokens_[token] = loop_.now() + token_life;
      return HttpResponse{.body = token};
    }
    const auto* token = find_header(request.headers, "X-aws-ec2-metadata-token");
    const auto known = token != nullptr ? tokens_.find(*token) : tokens_.end();
    if (known == tokens_.end() || loop_.now() >= known->second) {
      return HttpResponse{.status = 401};
    }
    const auto text = texts.find(path);
    return text == texts.end() ? HttpResponse{.status = 404} : HttpResponse{.body = text->second};
  }

  bool has_ecs() const { return texts.contains("ecs"); }

  sim::EventLoop& loop_;
  Random random_;
  Weather weather_;
  std::map<std::string, TimePoint> tokens_;
};

class MemoryRecord final : public DeliveryRecord {
 public:
  bool holds(const std::string& entry) const override { return entries.contains(entry); }
  void add(const std::string& entry) override { entries.insert(entry); }
  std::set<std::string> entries;
};

class MemoryLog final : public Log {
 public:
  void write(LogLevel, std::string_view what, const LogFields&) override {
    ++counts[std::string{what}];
  }
  std::map<std::string, int, std::less<>> counts;
};

/// Takes messages, or refuses them for a while.
class FakeSink final : public Sink {
 public:
  struct Seen {
    sim::EventLoop& loop;
    Random random{1};
    double refuses = 0.0;
    std::vector<std::pair<TimePoint, Message>> taken = {};
  };

  explicit FakeSink(Seen& seen) : seen_{seen} {}
  std::string name() const override { return "fake"; }
  bool wants(const Message&) const override { return true; }
  void deliver(const Message& message, On<void> on_done) override {
    const bool is_refused = seen_.random.chance(seen_.refuses);
    seen_.loop.after(20ms, [this, is_refused, message, on_done = std::move(on_done)] {
      if (is_refused) {
        return on_done(fail(ErrorKind::Unavailable, "not now"));
      }
      seen_.taken.emplace_back(seen_.loop.now(), message);
      on_done({});
    });
  }

 private:
  Seen& seen_;
};

class FakeContainers final : public Containers {
 public:
  explicit FakeContainers(sim::EventLoop& loop) : loop_{loop} {}
  void drain(ContainerHost, On<Draining>) override {}
  void find_host(model::Region, std::string, std::string, On<ContainerHostStatus>) override {}
  void put_attributes(ContainerHost host, std::vector<std::pair<std::string, std::string>> all,
                      On<void> on_done) override {
    const bool fails = failures-- > 0;
    loop_.after(1ms, [this, fails, host, all, on_done = std::move(on_done)] {
      if (fails) {
        return on_done(fail(ErrorKind::Denied, "not allowed"));
      }
      for (const auto& [name, value] : all) {
        attributes[name] = value;
      }
      on_done({});
    });
  }
  std::map<std::string, std::string> attributes;
  int failures = 0;

 private:
  sim::EventLoop& loop_;
};

/// An agent on an instance, on virtual time.
struct Scene {
  explicit Scene(Weather weather = {}, double sink_refuses = 0.0)
      : instance{loop, Random{7}, weather}, seen{.loop = loop, .refuses = sink_refuses} {
    instance.texts["dynamic/instance-identity/document"] =
        R"({"instanceId": "i-0123456789abcdef0", "instanceType": "m5.large", "region": "us-east-1",
            "availabilityZone": "us-east-1a", "kernelId": null})";
    instance.texts["meta-data/placement/availability-zone-id"] = "use1-az6";
    instance.texts["meta-data/instance-life-cycle"] = "spot";
    start();
  }

  void start() {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<FakeSink>(seen));
    agents.push_back(std::make_unique<Agent>(
        AgentOptions{.metadata = {.endpoint = "http://imds"}, .ecs_endpoint = "http://ecs"},
        std::move(sinks), AgentPorts{instance, loop, loop, &containers, record, log}, Random{3}));
    agents.back()->start();
  }

  /// The notice that the instance ends in two minutes.
  void announce(const std::string& action = "terminate") {
    const auto at = to_iso8601(std::chrono::floor<std::chrono::seconds>(loop.now()) + 2min);
    instance.texts["meta-data/spot/instance-action"] =
        fmt::format(R"({{"action": "{}", "time": "{}"}})", action, at);
    instance.texts["meta-data/spot/termination-time"] = at;
  }

  void withdraw() {
    instance.texts.erase("meta-data/spot/instance-action");
    instance.texts.erase("meta-data/spot/termination-time");
  }

  sim::EventLoop loop{kStart};
  FakeInstance instance;
  FakeContainers containers{loop};
  MemoryRecord record;
  MemoryLog log;
  FakeSink::Seen seen;
  std::vector<std::unique_ptr<Agent>> agents;
};

TEST(Agent, TellsOfANoticeWithinASecondAndOnce) {
  Scene scene;
  scene.loop.run_for(10s + 300ms);
  const auto announced = scene.loop.now();
  scene.announce();

  scene.loop.run_for(2min);

  ASSERT_THAT(scene.seen.taken, SizeIs(1));
  const auto& [when, message] = scene.seen.taken.front();
  EXPECT_LT(when - announced, 1100ms);
  EXPECT_EQ(message.event.kind, EventKind::Interruption);
  EXPECT_EQ(message.event.id, "i-0123456789abcdef0/spot-interruption/2026-08-01T00:02:10Z");
}

// AWS's own mock of the metadata shows a time of termination whatever the action is.
TEST(Agent, SaysWhatWillBeDoneToItWhicheverOfTheTwoItSeesFirst) {
  for (auto late = 0ms; late < 1s; late += 7ms) {
    Scene scene;
    scene.loop.run_for(10s + late);
    scene.announce("stop");
    scene.loop.run_for(3s);

    ASSERT_THAT(scene.seen.taken, SizeIs(1));
    EXPECT_EQ(scene.seen.taken.front().second.event.action, "stop") << late.count();
  }
}

TEST(Agent, WritesTheFoundingFieldsAndMore) {
  Scene scene;
  scene.instance.texts["ecs"] =
      fmt::format(R"({{"Cluster": "prod", "ContainerInstanceArn": "{}"}})", kArn);
  scene.loop.run_for(10s);
  scene.announce();
  scene.loop.run_for(2s);

  ASSERT_THAT(scene.seen.taken, SizeIs(1));
  const auto json = nlohmann::json::parse(scene.seen.taken.front().second.json());
  EXPECT_EQ(json["terminationNotificiation"], "true");
  EXPECT_EQ(json["instanceId"], "i-0123456789abcdef0");
  EXPECT_EQ(json["instanceType"], "m5.large");
  EXPECT_EQ(json["ecsCluster"], "prod");
  EXPECT_EQ(json["ecsContainer"], kArn);
  EXPECT_EQ(json["action"], "terminate");
  EXPECT_EQ(json["time"], "2026-08-01T00:02:10Z");
  EXPECT_EQ(json["availabilityZoneId"], "use1-az6");
}

TEST(Agent, LeavesTheEcsFieldsOutWhereThereIsNoEcs) {
  Scene scene;
  scene.announce();
  scene.loop.run_for(5s);

  ASSERT_THAT(scene.seen.taken, SizeIs(1));
  const auto json = nlohmann::json::parse(scene.seen.taken.front().second.json());
  EXPECT_FALSE(json.contains("ecsCluster"));
  EXPECT_FALSE(json.contains("ecsContainer"));
}

TEST(Agent, DoesNotCallARebalanceRecommendationAnEnd) {
  Scene scene;
  scene.instance.texts["meta-data/events/recommendations/rebalance"] =
      R"({"noticeTime": "2026-08-01T00:00:00Z"})";
  scene.loop.run_for(5s);

  ASSERT_THAT(scene.seen.taken, SizeIs(1));
  const auto json = nlohmann::json::parse(scene.seen.taken.front().second.json());
  EXPECT_EQ(json["event"], "rebalance-recommendation");
  EXPECT_FALSE(json.contains("terminationNotificiation"));
}

TEST(Agent, TellsOfEachKindOfEventOnItsOwn) {
  Scene scene;
  scene.announce();
  scene.instance.texts["meta-data/events/recommendations/rebalance"] =
      R"({"noticeTime": "2026-08-01T00:00:00Z"})";
  scene.instance.texts["meta-data/autoscaling/target-lifecycle-state"] = "Terminated";
  scene.instance.texts["meta-data/events/maintenance/scheduled"] =
      R"([{"NotBefore": "21 Jan 2027 09:00:43 GMT", "Code": "system-reboot", "EventId": "e-1", "State": "active"},
          {"NotBefore": "21 Jan 2027 09:00:43 GMT", "Code": "system-reboot", "EventId": "e-2", "State": "completed"}])";
  scene.loop.run_for(1min);

  std::multiset<std::string> kinds;
  for (const auto& [when, message] : scene.seen.taken) {
    kinds.emplace(to_text(message.event.kind));
  }
  EXPECT_THAT(kinds, ElementsAre("asg-termination", "rebalance-recommendation",
                                 "scheduled-maintenance", "spot-interruption"));
}

TEST(Agent, TellsOnceOfANoticeWhoseTimeMovesAtEachLook) {
  Scene scene;
  for (int i = 0; i < 120; ++i) {
    scene.announce();
    scene.loop.run_for(1s);
  }

  EXPECT_THAT(scene.seen.taken, SizeIs(1));
}

TEST(Agent, TellsAgainOfTheNextNoticeOfAnInstanceThatCameBack) {
  Scene scene;
  scene.announce();
  scene.loop.run_for(2min);
  scene.withdraw();
  scene.loop.run_for(1h);
  scene.announce();
  scene.loop.run_for(2min);

  EXPECT_THAT(scene.seen.taken, SizeIs(2));
}

TEST(Agent, DoesNotTellAgainAfterARestart) {
  Scene scene;
  scene.announce();
  scene.loop.run_for(10s);
  scene.start();  // a second process, with the first one's record
  scene.loop.run_for(1min);

  EXPECT_THAT(scene.seen.taken, SizeIs(1));
}

TEST(Agent, TriesUntilTheDeadlineAndThenNoMore) {
  Scene scene{{}, 1.0};
  scene.announce();
  scene.loop.run_for(1h);

  EXPECT_THAT(scene.seen.taken, IsEmpty());
  EXPECT_EQ(scene.log.counts["given-up"], 1);
  EXPECT_GT(scene.log.counts["delivery-failed"], 20);
}

TEST(Agent, MarksTheContainerInstanceOnceItIsRegistered) {
  Scene scene;
  scene.containers.failures = 2;
  scene.loop.run_for(1min);
  EXPECT_THAT(scene.containers.attributes, IsEmpty());

  scene.instance.texts["ecs"] =
      fmt::format(R"({{"Cluster": "prod", "ContainerInstanceArn": "{}"}})", kArn);
  scene.loop.run_for(1min);

  EXPECT_EQ(scene.containers.attributes["spotvane.lifecycle"], "spot");
  EXPECT_EQ(scene.containers.attributes["spotvane.pool"], "m5.large@use1-az6");
}

TEST(Agent, RenewsItsTokenBeforeItExpires) {
  Scene scene;
  scene.loop.run_for(24h);

  EXPECT_GE(scene.instance.tokens_given, 5);
  EXPECT_LE(scene.instance.tokens_given, 7);
  EXPECT_EQ(scene.log.counts["metadata-trouble"], 0);
}

/// A quarter of a day, for which the sanitizers take seconds; SPOTVANE_STORM_DAYS=30 is a month.
Duration soak_time() {
  return support::storm_days() > 1 ? std::chrono::hours{24 * support::storm_days()} : 6h;
}

TEST(Agent, MissesNoNoticeInBadWeather) {
  Scene scene{{.trouble = 0.2}, 0.3};
  scene.instance.token_life = 1h;  // less than was asked for
  Random random{11};
  std::vector<TimePoint> announced;
  Duration slowest{0};

  for (Duration lived{0}; lived < soak_time(); lived += 30min) {
    scene.loop.run_for(Duration{static_cast<Duration::rep>(random.below(14U * 60'000U))} + 11min);
    const auto at = scene.loop.now();
    const auto told = scene.seen.taken.size();
    scene.announce();
    scene.loop.run_for(2min);
    scene.withdraw();
    announced.push_back(at);
    ASSERT_EQ(scene.seen.taken.size(), told + 1) << "the notice at " << to_iso8601(at);
    slowest = std::max(slowest, scene.seen.taken.back().first - at);
    scene.loop.run_for(1min);
  }

  EXPECT_EQ(scene.seen.taken.size(), announced.size());
  EXPECT_LT(slowest, 90s);
  RecordProperty("notices", static_cast<int>(announced.size()));
  RecordProperty("slowest_ms", static_cast<int>(slowest.count()));
}

}  // namespace

}  // namespace spotvane::agent
