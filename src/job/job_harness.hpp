#pragma once

// A cloud for simulated jobs: the lab's instances and market without its wire, and programs on them
// that work and report.

#include "base/random.hpp"
#include "job/job_run.hpp"
#include "sim/crash.hpp"
#include "sim/event_loop.hpp"
#include "sim/instance_market.hpp"
#include "sim/job_cloud.hpp"
#include "sim/spot_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::job {

using namespace std::chrono_literals;

inline constexpr TimePoint kMorning =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{9};
inline const model::Region home_region{"us-east-1"};
inline const sim::Owner home_owner{"123456789012", home_region};

/// How badly the cloud behaves: probabilities.
struct FakeFaults {
  double throttle = 0.0;
  double lose_call = 0.0;   ///< it never took effect, and nobody says so
  double lose_reply = 0.0;  ///< it took effect, and nobody says so
  double stale = 0.0;       ///< a description is of some seconds ago
  double expired = 0.0;     ///< of each hour: its first quarter the keys are not taken
  double mute = 0.0;        ///< of each worker: it never reports
  sim::MarketConditions market = {};

  static FakeFaults swarm(Random& random) {
    const auto maybe = [&](double most) { return random.chance(0.5) ? most * random.unit() : 0.0; };
    FakeFaults faults{maybe(0.3), maybe(0.2), maybe(0.3), maybe(0.5), maybe(0.3), maybe(0.1)};
    faults.market.shortage = maybe(0.5);
    faults.market.launch_failures = maybe(0.2);
    faults.market.interruptions_per_hour = maybe(1.0);
    faults.market.capacity_factor = random.chance(0.3) ? 0.3 : 1.0;
    return faults;
  }
};

inline std::shared_ptr<model::Catalog> small_catalog() {
  auto made = std::make_shared<model::Catalog>();
  made->regions = {{home_region}};
  for (int zone = 1; zone <= 3; ++zone) {
    made->zones.push_back({home_region, model::ZoneId{fmt::format("use1-az{}", zone)},
                           model::ZoneName{fmt::format("us-east-1{}", "xabc"[zone])}});
  }
  made->types = {{.type = model::InstanceType{"c5.large"}, .vcpus = 2, .memory_mib = 4096},
                 {.type = model::InstanceType{"m5.xlarge"}, .vcpus = 4, .memory_mib = 16384},
                 {.type = model::InstanceType{"r5.large"}, .vcpus = 2, .memory_mib = 16384}};
  for (const auto& facts : made->types) {
    for (const auto& zone : made->zones) {
      made->offerings.push_back({facts.type, zone.id});
    }
    made->on_demand_prices.push_back(
        {facts.type, home_region, Money::from_dollars(0.045 * facts.vcpus)});
    made->advisor.push_back({facts.type, home_region, "Linux", 1, 60});
  }
  return made;
}

/// What outlives a manager: AWS, and the programs on its instances.
struct FakeAws {
  explicit FakeAws(std::uint64_t seed) : spot{small_catalog(), seed}, market{spot, seed} {
    market.advance(kMorning);
  }

  static double rate(const model::InstanceType& type) {
    return type.text() == "m5.xlarge" ? 4.2 : type.text() == "r5.large" ? 1.8 : 2.0;
  }

  /// What all instances have done of their tasks by then.
  double tasks(TimePoint at) const {
    double tasks = 0;
    for (const auto& one : market.every_instance()) {
      const auto end = std::min(at, one.shutdown_at);
      if (one.running_at != sim::kNever && end > one.running_at) {
        tasks += rate(one.spec.type) * static_cast<double>((end - one.running_at).count()) / 1000;
      }
    }
    return tasks;
  }

  int alive(TimePoint at) const {
    return static_cast<int>(std::count_if(
        market.every_instance().begin(), market.every_instance().end(), [&](const auto& one) {
          const auto now = sim::state(one, at);
          return now == sim::InstanceState::Pending || now == sim::InstanceState::Running;
        }));
  }

  /// Of those alive, whom AWS does not take back.
  int staying(TimePoint at) const {
    return static_cast<int>(
        std::count_if(market.every_instance().begin(), market.every_instance().end(),
                      [&](const auto& one) { return one.notice_at > at && one.shutdown_at > at; }));
  }

  double usd(TimePoint at) const {
    double usd = 0;
    for (const auto& one : market.every_instance()) {
      usd += market.cost(one, at).dollars();
    }
    return usd;
  }

  sim::SpotMarket spot;
  sim::InstanceMarket market;
  int most_staying = 0;
};

/// An account's view of it, from one manager.
class FakeCloud final : public sim::JobCloud {
 public:
  FakeCloud(FakeAws& aws, sim::EventLoop& loop, Random random, const FakeFaults& faults,
            sim::CrashPoint* crash)
      : aws_{aws}, loop_{loop}, random_{random}, faults_{faults}, crash_{crash} {
    aws_.market.advance(loop.now());
    aws_.market.set_conditions(faults.market);
  }

  void run_instances(model::LaunchOrder order, On<std::vector<model::Instance>> on) override {
    act<std::vector<model::Instance>>(on, [this, order]() -> Result<std::vector<model::Instance>> {
      sim::RunOrder asked{
          .owner = home_owner,
          .spec = {.type = order.type, .zone = zone_id(order.zone)},
          .least = 1,
          .most = order.count,
          .is_spot = !order.is_on_demand,
          .max_price = order.max_price,
          .token = {order.token, fmt::format("{} {} {}", order.type, order.zone, order.count)}};
      for (const auto& tag : order.tags) {
        asked.instance_tags[tag.key] = tag.value;
        asked.request_tags[tag.key] = tag.value;
      }
      const auto granted = aws_.market.run(asked);
      if (!granted) {
        const auto& code = granted.error().code;
        return fail(code == "InsufficientInstanceCapacity" || code == "SpotMaxPriceTooLow"
                        ? ErrorKind::NoCapacity
                        : ErrorKind::InvalidInput,
                    "{}", granted.error().message);
      }
      std::vector<model::Instance> answer;
      for (const auto* one : *granted) {
        answer.push_back(describe(*one, loop_.now()));
      }
      return answer;
    });
  }

  void describe_instances(model::Region, Selection which,
                          On<std::vector<model::Instance>> on) override {
    look<std::vector<model::Instance>>(on, [this, which](TimePoint at) {
      std::vector<model::Instance> found;
      for (const auto* one : aws_.market.instances(home_owner, at)) {
        if (is_meant(which, one->tags)) {
          found.push_back(describe(*one, at));
        }
      }
      return found;
    });
  }

  void describe_spot_requests(model::Region, Selection which,
                              On<std::vector<model::SpotRequest>> on) override {
    look<std::vector<model::SpotRequest>>(on, [this, which](TimePoint at) {
      std::vector<model::SpotRequest> found;
      for (const auto* one : aws_.market.spot_requests(home_owner, at)) {
        if (is_meant(which, one->tags)) {
          const auto& status = sim::status(*one, at);
          found.push_back({.id = model::SpotRequestId{one->id},
                           .status_code = status.code,
                           .updated = status.at,
                           .instance = model::InstanceId{one->instance_id}});
        }
      }
      return found;
    });
  }

  void terminate_instances(model::Region, std::vector<model::InstanceId> ids,
                           On<void> on) override {
    act<void>(on, [this, ids]() -> Result<void> {
      std::vector<std::string> texts;
      for (const auto& id : ids) {
        texts.push_back(id.text());
      }
      const auto ended = aws_.market.terminate(home_owner, texts);
      return ended ? Result<void>{} : fail(ErrorKind::NotFound, "{}", ended.error().message);
    });
  }

  void describe_spot_price_history(SpotPriceQuery query,
                                   On<std::vector<model::SpotPrice>> on) override {
    look<std::vector<model::SpotPrice>>(on, [this, query](TimePoint) {
      return aws_.spot.price_changes(query.region, query.from, query.to, query.types);
    });
  }

  void worker_metrics(WorkerMetricsQuery query, On<std::vector<WorkerMetrics>> on) override {
    look<std::vector<WorkerMetrics>>(on, [this, query](TimePoint now) {
      const TimePoint minute = std::chrono::floor<std::chrono::minutes>(now);
      std::vector<WorkerMetrics> found;
      for (const auto& asked : query.workers) {
        const auto* one = aws_.market.find_any(asked.id.text());
        const auto last = std::min(minute, one->shutdown_at);
        const auto key = std::hash<std::string>{}(one->id);
        if (last >= one->running_at + 1min && last >= query.from &&
            static_cast<double>(key % 1000) >= 1000 * faults_.mute) {
          const auto rate =
              FakeAws::rate(asked.type) * (0.95 + 0.0001 * static_cast<double>(key % 1001));
          found.push_back({.id = asked.id,
                           .tasks_per_second = rate,
                           .deviation = 0.02 * rate,
                           .tasks = aws_.tasks(last),
                           .at = last});
        }
      }
      return found;
    });
  }

 private:
  static model::ZoneId zone_id(const model::ZoneName& name) {
    return model::ZoneId{name.empty() ? ""
                                      : fmt::format("use1-az{}", name.text().back() - 'a' + 1)};
  }
  static model::ZoneName zone_name(const model::ZoneId& id) {
    return model::ZoneName{fmt::format("us-east-1{}", "xabc"[id.text().back() - '0'])};
  }

  static bool is_meant(const Selection& which, const sim::Tags& tags) {
    const auto found = tags.find(which.tag_key);
    return found != tags.end() && found->second == which.tag_values.front();
  }

  static model::Instance describe(const sim::Instance& one, TimePoint at) {
    using State = sim::InstanceState;
    const auto state = sim::state(one, at);
    model::Instance instance{.id = model::InstanceId{one.id},
                             .state = state == State::Pending   ? model::InstanceState::Pending
                                      : state == State::Running ? model::InstanceState::Running
                                      : state == State::ShuttingDown
                                          ? model::InstanceState::ShuttingDown
                                          : model::InstanceState::Terminated,
                             .state_reason = std::string{one.reason.code},
                             .type = one.spec.type,
                             .zone = zone_name(one.spec.zone),
                             .launched = one.launched_at,
                             .request = model::SpotRequestId{one.spot_request_id}};
    if (at >= one.shutdown_at && one.reason.code != "Server.InternalError") {
      instance.ended = std::chrono::floor<std::chrono::seconds>(one.shutdown_at);
    }
    for (const auto& [key, value] : one.tags) {
      instance.tags.push_back({key, value});
    }
    return instance;
  }

  void pass() const {
    if (crash_ != nullptr) {
      crash_->pass();
    }
  }

  bool has_keys_expired() const {
    const auto minutes =
        std::chrono::floor<std::chrono::minutes>(loop_.now().time_since_epoch()).count();
    const auto hour = static_cast<std::uint64_t>(minutes / 60);
    return minutes % 60 < 15 && Random{hour}.chance(faults_.expired);
  }

  template <typename T, typename Effect>
  void act(const On<T>& on, const Effect& effect) {
    pass();
    aws_.market.advance(loop_.now());
    if (has_keys_expired()) {
      return answer_later<T>(on, fail(ErrorKind::Denied, "the token has expired"), 100ms);
    }
    if (random_.chance(faults_.lose_call)) {
      return answer_later<T>(on, fail(ErrorKind::Unavailable, "no answer"), 5s);
    }
    if (random_.chance(faults_.throttle)) {
      return answer_later<T>(on, fail(ErrorKind::Throttled, "request limit exceeded"), 100ms);
    }
    Result<T> result = effect();
    aws_.most_staying = std::max(aws_.most_staying, aws_.staying(loop_.now()));
    if (random_.chance(faults_.lose_reply)) {
      return answer_later<T>(on, fail(ErrorKind::Unavailable, "no answer"), 5s);
    }
    answer_later<T>(on, std::move(result), 200ms);
  }

  template <typename T, typename Find>
  void look(const On<T>& on, const Find& find) {
    pass();
    aws_.market.advance(loop_.now());
    if (has_keys_expired()) {
      return answer_later<T>(on, fail(ErrorKind::Denied, "the token has expired"), 100ms);
    }
    if (random_.chance(faults_.throttle)) {
      return answer_later<T>(on, fail(ErrorKind::Throttled, "request limit exceeded"), 100ms);
    }
    const auto lag =
        random_.chance(faults_.stale) ? Duration{1 + random_.below(8000)} : Duration{0};
    answer_later<T>(on, find(loop_.now() - lag), 100ms);
  }

  template <typename T>
  void answer_later(const On<T>& on, Result<T> result, Duration delay) {
    loop_.after(delay, [this, on, result = std::move(result)] {
      pass();
      on(result);
    });
  }

  FakeAws& aws_;
  sim::EventLoop& loop_;
  Random random_;
  FakeFaults faults_;
  sim::CrashPoint* crash_;
};

}  // namespace spotvane::job
