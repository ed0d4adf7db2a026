// Probes over our whole client and the whole lab, on the lab's time: what they write down against
// what the lab's auditor says of each instance.

#include "adapters/aws/aws_cloud.hpp"
#include "adapters/aws/lab_network_harness.hpp"
#include "lab/lab.hpp"
#include "probe/probe_run.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_state_store.hpp"
#include "support/scripted_processes.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using model::LaunchMethod;

constexpr TimePoint kMorning =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{9};
constexpr Duration kLook = 3s;
constexpr Duration kAnswers = 50ms;  // the network takes 1 ms either way

const lab::CatalogData& whole_market() {
  static const auto loaded = lab::load_catalog_data().value();
  return loaded;
}

class ProbeTimes : public testing::TestWithParam<LaunchMethod> {
 protected:
  nlohmann::json control(const std::string& topic, const std::string& body = {}) {
    HttpRequest request{.method = body.empty() ? "GET" : "POST", .url = "/_lab/" + topic};
    request.body = body;
    nlohmann::json answer;
    lab_.handle(request, [&](const HttpReply& reply) {
      answer = nlohmann::json::parse(reply.response.body);
    });
    return answer;
  }

  void probe(const std::string& pool, const std::string& region) {
    model::ProbePlan plan{.id = model::ProbeId{"p-" + pool + region},
                          .pool = {model::InstanceType{pool}, model::Region{region}, {}},
                          .via = GetParam(),
                          .count = 8,
                          .intended = loop_.now()};
    plan.image = image(plan.pool.region);
    ASSERT_TRUE(run_.begin(plan));
  }

  model::ImageId image(const model::Region& region) {
    model::ImageId found;
    cloud_.images().latest_amazon_linux(region, [&](Result<std::vector<model::Image>> images) {
      for (const auto& one : images.value_or(std::vector<model::Image>{})) {
        found = one.architecture == "x86_64" ? one.id : found;
      }
    });
    loop_.run_for(2s);
    return found;
  }

  /// When each instance was ready, by the auditor.
  std::map<std::string, TimePoint> truth() {
    std::map<std::string, TimePoint> ready;
    for (const auto& one : control("audit/instances")) {
      if (!one["ready"].is_null()) {
        ready.emplace(one["id"], parse_time(one["ready"].get<std::string>()).value());
      }
    }
    return ready;
  }

  std::vector<model::ProbeEvent> events(const std::string& probe) {
    return ledger_.probes().events(model::ProbeId{probe}).value();
  }

  void run_to_the_end() {
    for (int i = 0; i < 120 && !run_.is_done(); ++i) {
      loop_.run_for(30s);
    }
    ASSERT_TRUE(run_.is_done());
  }

  sim::EventLoop loop_{kMorning};
  lab::Lab lab_{{.world = {.seed = 5}, .speed = 1.0, .start = kMorning}, whole_market(), loop_};
  LabNetwork network_{lab_, loop_};
  support::ScriptedProcesses processes_{loop_};
  AwsCloud cloud_{{.credentials = {FixedKeys{{"test", "test"}, "test"}},
                   .endpoints = {{"", std::string{LabNetwork::kAddress}}}},
                  {},
                  {network_, loop_, loop_, processes_},
                  Random{7}};
  sim::MemoryStateStore ledger_;
  probe::ProbeRun run_{{.watch = {.interval = kLook}},
                       {loop_, loop_, cloud_.instances(), ledger_.probes()}};
};

TEST_P(ProbeTimes, AreThoseOfTheLabWithinOneLook) {
  probe("m5.large", "us-east-1");
  probe("c5.large", "us-west-2");
  run_to_the_end();

  const auto ready = truth();
  std::size_t seen = 0;
  for (const auto* id : {"p-m5.largeus-east-1", "p-c5.largeus-west-2"}) {
    for (const auto& event : events(id)) {
      if (event.what == "ready") {
        ++seen;
        const auto late = event.at - ready.at(event.subject);
        EXPECT_GE(late, 0s) << event.subject;
        EXPECT_LE(late, kLook + kAnswers) << event.subject;
      }
    }
  }
  EXPECT_EQ(seen, 16U);
}

TEST_P(ProbeTimes, AreLateForReasonsThatTheRecordGives) {
  control("faults", R"({"rules": [
    {"kind": "throttle", "action": "Describe*", "probability": 0.25},
    {"kind": "error", "action": "Describe*", "probability": 0.15},
    {"kind": "slow", "action": "DescribeInstanceStatus", "probability": 0.2, "delay": "9s"},
    {"kind": "reset", "action": "*", "probability": 0.1}]})");
  probe("m5.large", "us-east-1");
  run_to_the_end();

  const auto ready = truth();
  const auto record = events("p-m5.largeus-east-1");
  const auto explains = [&](TimePoint from, TimePoint to) {
    return std::any_of(record.begin(), record.end(), [&](const auto& event) {
      return event.what == "late-look" && event.at >= from && event.at <= to + kAnswers;
    });
  };
  int late = 0;
  for (const auto& event : record) {
    if (event.what == "ready") {
      const auto truly = ready.at(event.subject);
      EXPECT_GE(event.at, truly);
      if (event.at - truly > kLook * 5 / 4 + kAnswers) {
        ++late;
        EXPECT_TRUE(explains(truly, event.at)) << event.subject << " " << to_text(event.at - truly);
      }
    }
  }
  EXPECT_GT(late, 0) << "else this shows nothing";
}

INSTANTIATE_TEST_SUITE_P(ByEveryCall, ProbeTimes,
                         testing::Values(LaunchMethod::SpotRequest, LaunchMethod::RunInstances,
                                         LaunchMethod::CreateFleet),
                         [](const auto& method) {
                           auto name = std::string{model::to_text(method.param)};
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace

}  // namespace spotvane::adapters
