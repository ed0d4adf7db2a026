#pragma once

#include "base/random.hpp"
#include "ports/instances.hpp"
#include "probe/fake_aws_harness.hpp"
#include "probe/recovery.hpp"
#include "sim/crash.hpp"
#include "sim/event_loop.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace spotvane::probe {

using namespace std::chrono_literals;

inline constexpr TimePoint kMidnight = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

/// How badly the cloud behaves: probabilities.
struct BadDay {
  double throttle = 0.0;
  double lose_call = 0.0;   ///< it never took effect, and nobody says so
  double lose_reply = 0.0;  ///< it took effect, and nobody says so
  double stale = 0.0;       ///< a description is of some seconds ago
  double late = 0.0;        ///< a cancelled request is fulfilled all the same, later
  double shortage = 0.0;    ///< a request is not fulfilled
  double refuse = 0.0;      ///< a call that launches is refused for good
  double interrupt = 0.0;   ///< an instance is taken back

  static BadDay swarm(Random& random) {
    const auto maybe = [&](double most) { return random.chance(0.5) ? most * random.unit() : 0.0; };
    return {maybe(0.3), maybe(0.2), maybe(0.3), maybe(0.5),
            maybe(0.5), maybe(0.4), maybe(0.2), maybe(0.2)};
  }
};

/// An account's view of it, from one process.
class FakeInstances final : public Instances, public Ec2 {
 public:
  FakeInstances(FakeAws& aws, sim::EventLoop& loop, Random random, BadDay day,
                sim::CrashPoint* crash)
      : aws_{aws}, loop_{loop}, random_{random}, day_{day}, crash_{crash} {}

  void request_spot_instances(model::LaunchOrder order,
                              On<std::vector<model::SpotRequest>> on) override {
    act<std::vector<model::SpotRequest>>(
        on, [this, order]() -> Result<std::vector<model::SpotRequest>> {
          auto& made = aws_.request_tokens[order.token];
          if (made.empty() && random_.chance(day_.refuse)) {
            return fail(ErrorKind::QuotaExceeded, "Max spot instance count exceeded");
          }
          for (int i = static_cast<int>(made.size()); i < order.count; ++i) {
            model::SpotRequestId id{fmt::format("sir-{}", aws_.requests.size() + 1)};
            FakeAws::Request request{
                .id = id, .made = loop_.now(), .valid_until = order.valid_until};
            request.tags = order.tags;
            if (!random_.chance(day_.shortage)) {
              fulfil(request, loop_.now() + seconds(20), {});
            }
            aws_.requests.emplace(id, std::move(request));
            made.push_back(id);
          }
          std::vector<model::SpotRequest> answer;
          for (const auto& id : made) {
            answer.push_back(describe(aws_.requests.at(id), loop_.now()));
          }
          return answer;
        });
  }

  void run_instances(model::LaunchOrder order, On<std::vector<model::Instance>> on) override {
    act<std::vector<model::Instance>>(on, [this, order]() -> Result<std::vector<model::Instance>> {
      return launch(order).map([&](const std::vector<model::InstanceId>& ids) {
        std::vector<model::Instance> answer;
        for (const auto& id : ids) {
          answer.push_back(describe(aws_.machines.at(id), loop_.now()));
        }
        return answer;
      });
    });
  }

  void create_launch_template(model::LaunchOrder order, On<model::LaunchTemplate> on) override {
    act<model::LaunchTemplate>(on, [this, order]() -> Result<model::LaunchTemplate> {
      const auto [token, is_new] = aws_.template_tokens.try_emplace(
          order.token, model::LaunchTemplateId{fmt::format("lt-{}", aws_.templates.size() + 1)});
      if (is_new) {
        aws_.templates.emplace(token->second,
                               FakeAws::Template{{token->second, order.token, order.tags}});
      }
      return aws_.templates.at(token->second).described;
    });
  }

  void create_fleet(model::LaunchOrder order, model::LaunchTemplateId,
                    On<model::Fleet> on) override {
    act<model::Fleet>(on, [this, order]() -> Result<model::Fleet> {
      return launch(order).map([&](const std::vector<model::InstanceId>& ids) {
        return model::Fleet{.id = model::FleetId{"fleet-" + order.token}, .instances = ids};
      });
    });
  }

  void describe_spot_requests(model::Region, Selection which,
                              On<std::vector<model::SpotRequest>> on) override {
    look<std::vector<model::SpotRequest>>(on, [this, which](TimePoint at) {
      std::vector<model::SpotRequest> found;
      for (const auto& [id, one] : aws_.requests) {
        if (one.made <= at && is_meant(which, id.text(), one.tags)) {
          found.push_back(describe(one, at));
        }
      }
      return found;
    });
  }

  void describe_instances(model::Region, Selection which,
                          On<std::vector<model::Instance>> on) override {
    look<std::vector<model::Instance>>(on, [this, which](TimePoint at) {
      std::vector<model::Instance> found;
      for (const auto& [id, one] : aws_.machines) {
        if (one.exists(at) && is_meant(which, id.text(), one.tags)) {
          found.push_back(describe(one, at));
        }
      }
      return found;
    });
  }

  void describe_instance_status(model::Region, std::vector<model::InstanceId> ids,
                                On<std::vector<model::InstanceChecks>> on) override {
    look<std::vector<model::InstanceChecks>>(on, [this, ids](TimePoint at) {
      std::vector<model::InstanceChecks> found;
      for (const auto& id : ids) {
        const auto& one = aws_.machines.at(id);
        if (one.exists(at) && one.state(at) == model::InstanceState::Running) {
          const auto check = at >= one.ready ? model::Check::Ok : model::Check::Waiting;
          found.push_back({.id = id, .system = check, .instance = check});
        }
      }
      return found;
    });
  }

  void describe_fleets(model::Region, Selection, On<std::vector<model::Fleet>> on) override {
    look<std::vector<model::Fleet>>(on, [](TimePoint) { return std::vector<model::Fleet>{}; });
  }

  void describe_launch_templates(model::Region, Selection which,
                                 On<std::vector<model::LaunchTemplate>> on) override {
    look<std::vector<model::LaunchTemplate>>(on, [this, which](TimePoint) {
      std::vector<model::LaunchTemplate> found;
      for (const auto& [id, one] : aws_.templates) {
        if (!one.is_deleted && is_meant(which, id.text(), one.described.tags)) {
          found.push_back(one.described);
        }
      }
      return found;
    });
  }

  void cancel_spot_requests(model::Region, std::vector<model::SpotRequestId> ids,
                            On<void> on) override {
    act<void>(on, [this, ids]() -> Result<void> {
      for (const auto& id : ids) {
        auto& request = aws_.requests.at(id);
        if (request.cancelled) {
          continue;
        }
        request.cancelled = loop_.now();
        const bool is_fulfilled = request.fulfilled && *request.fulfilled <= loop_.now();
        if (is_fulfilled) {
          continue;
        }
        if (!request.instance.empty()) {
          aws_.machines.erase(request.instance);  // it was still to come
        }
        request.fulfilled.reset();
        request.instance = {};
        if (random_.chance(day_.late)) {
          fulfil(request, loop_.now() + seconds(40), {});
        }
      }
      return {};
    });
  }

  void terminate_instances(model::Region, std::vector<model::InstanceId> ids,
                           On<void> on) override {
    act<void>(on, [this, ids]() -> Result<void> {
      for (const auto& id : ids) {
        auto& machine = aws_.machines.at(id);
        machine.ended = machine.ended.value_or(loop_.now());
      }
      return {};
    });
  }

  void delete_fleets(model::Region, std::vector<model::FleetId>, On<void> on) override {
    act<void>(on, []() -> Result<void> { return {}; });
  }

  void delete_launch_template(model::Region, model::LaunchTemplateId which, On<void> on) override {
    act<void>(on, [this, which]() -> Result<void> {
      aws_.templates.at(which).is_deleted = true;
      return {};
    });
  }

  void create_tags(model::Region, std::vector<std::string> ids, std::vector<model::Tag> tags,
                   On<void> on) override {
    act<void>(on, [this, ids, tags]() -> Result<void> {
      for (const auto& id : ids) {
        aws_.machines.at(model::InstanceId{id}).tags = tags;
      }
      return {};
    });
  }

  void describe_regions(On<std::vector<model::RegionStatus>> on) override {
    look<std::vector<model::RegionStatus>>(on, [](TimePoint) {
      return std::vector<model::RegionStatus>{{model::Region{"us-east-1"}, true}};
    });
  }
  void describe_availability_zones(model::Region, On<std::vector<model::Zone>>) override {}
  void describe_instance_types(model::Region, On<std::vector<model::InstanceTypeFacts>>) override {}
  void describe_instance_type_offerings(model::Region, On<std::vector<model::Offering>>) override {}
  void get_spot_placement_scores(model::ScoreQuery,
                                 On<std::vector<model::PlacementScore>>) override {}
  void describe_spot_price_history(SpotPriceQuery, On<std::vector<model::SpotPrice>>) override {}

 private:
  Duration seconds(std::uint64_t most) {
    return Duration{static_cast<Duration::rep>(1 + random_.below(most * 1000))};
  }

  static bool is_meant(const Selection& which, const std::string& id,
                       const std::vector<model::Tag>& tags) {
    const auto has = [](const auto& all, const auto& one) {
      return std::find(all.begin(), all.end(), one) != all.end();
    };
    if (!which.ids.empty()) {
      return has(which.ids, id);
    }
    const auto value = std::string{model::tag_value(tags, which.tag_key)};
    return !value.empty() && (which.tag_values.empty() || has(which.tag_values, value));
  }

  void fulfil(FakeAws::Request& request, TimePoint at, const std::vector<model::Tag>& tags) {
    request.fulfilled = at;
    request.instance = begin_machine(at, request.id, tags);
  }

  model::InstanceId begin_machine(TimePoint at, const model::SpotRequestId& request,
                                  const std::vector<model::Tag>& tags) {
    const model::InstanceId id{fmt::format("i-{}", ++aws_.machines_made)};
    FakeAws::Machine machine{};
    machine.id = id;
    machine.request = request;
    machine.begun = at;
    machine.running = at + seconds(30);
    machine.ready = machine.running + seconds(120);
    machine.tags = tags;
    if (random_.chance(day_.interrupt)) {
      machine.taken = at + seconds(300);
    }
    aws_.machines.emplace(id, std::move(machine));
    return id;
  }

  Result<std::vector<model::InstanceId>> launch(const model::LaunchOrder& order) {
    auto& made = aws_.run_tokens[order.token];
    if (made.empty() && random_.chance(day_.refuse)) {
      return fail(ErrorKind::NoCapacity, "there is no capacity");
    }
    if (made.empty()) {
      for (int i = 0; i < order.count; ++i) {
        made.push_back(begin_machine(loop_.now(), {}, order.tags));
      }
    }
    return made;
  }

  static model::SpotRequest describe(const FakeAws::Request& one, TimePoint at) {
    model::SpotRequest request{.id = one.id, .tags = one.tags};
    const bool is_fulfilled = one.fulfilled && at >= *one.fulfilled;
    const bool is_cancelled = (one.cancelled && at >= *one.cancelled) || at >= one.valid_until;
    request.state = is_cancelled   ? model::SpotRequestState::Cancelled
                    : is_fulfilled ? model::SpotRequestState::Active
                                   : model::SpotRequestState::Open;
    request.status_code = is_cancelled && is_fulfilled ? "request-canceled-and-instance-running"
                          : is_cancelled               ? "canceled-before-fulfillment"
                          : is_fulfilled               ? "fulfilled"
                                                       : "pending-evaluation";
    request.updated = is_fulfilled ? *one.fulfilled : one.made;
    request.instance = is_fulfilled ? one.instance : model::InstanceId{};
    return request;
  }

  static model::Instance describe(const FakeAws::Machine& one, TimePoint at) {
    return {.id = one.id,
            .state = one.state(at),
            .state_reason = one.taken && at >= *one.taken ? "Server.SpotInstanceTermination" : "",
            .request = one.request,
            .tags = one.tags};
  }

  void pass() const {
    if (crash_ != nullptr) {
      crash_->pass();
    }
  }

  /// A call that changes something. It reaches AWS after a moment, even where the caller has died
  /// by then: whether it did is drawn before.
  template <typename T, typename Effect>
  void act(const On<T>& on, const Effect& effect) {
    pass();
    if (random_.chance(day_.lose_call)) {
      return answer_later<T>(on, fail(ErrorKind::Unavailable, "no answer"), 5s);
    }
    if (random_.chance(day_.throttle)) {
      return answer_later<T>(on, fail(ErrorKind::Throttled, "request limit exceeded"), 100ms);
    }
    Result<T> result = effect();
    audit();
    if (random_.chance(day_.lose_reply)) {
      return answer_later<T>(on, fail(ErrorKind::Unavailable, "no answer"), 5s);
    }
    answer_later<T>(on, std::move(result), 200ms);
  }

  template <typename T, typename Find>
  void look(const On<T>& on, const Find& find) {
    pass();
    if (random_.chance(day_.throttle)) {
      return answer_later<T>(on, fail(ErrorKind::Throttled, "request limit exceeded"), 100ms);
    }
    audit();
    const auto lag = random_.chance(day_.stale) ? seconds(8) : Duration{0};
    answer_later<T>(on, find(loop_.now() - lag), 100ms);
  }

  template <typename T>
  void answer_later(const On<T>& on, Result<T> result, Duration delay) {
    loop_.after(delay, [this, on, result = std::move(result)] {
      pass();
      on(result);
    });
  }

  void audit() { aws_.most_alive = std::max(aws_.most_alive, aws_.alive(loop_.now())); }

  FakeAws& aws_;
  sim::EventLoop& loop_;
  Random random_;
  BadDay day_;
  sim::CrashPoint* crash_;
};

}  // namespace spotvane::probe
