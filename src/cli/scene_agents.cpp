#include "cli/scene_agents.hpp"

#include <set>
#include <utility>

namespace spotvane::cli {

namespace {

/// Between two agents within their seconds: they did not start at the same moment.
constexpr std::int64_t kApartMs = 137;
constexpr std::int64_t kSecondMs = 1000;

Duration offset_of(std::size_t number) {
  return Duration{static_cast<std::int64_t>(number) * kApartMs % kSecondMs};
}

}  // namespace

/// Lines that nobody reads; of notices, when they came.
class SceneAgents::Log final : public agent::Log {
 public:
  Log(const Clock& clock, std::vector<TimePoint>& seen) : clock_{clock}, seen_{seen} {}
  void write(agent::LogLevel, std::string_view what, const agent::LogFields& fields) override {
    if (what == "notice" && !fields.empty() && fields.front().second == "spot-interruption") {
      seen_.push_back(clock_.now());
    }
  }

 private:
  const Clock& clock_;
  std::vector<TimePoint>& seen_;
};

class SceneAgents::Record final : public agent::DeliveryRecord {
 public:
  bool holds(const std::string& entry) const override { return entries_.contains(entry); }
  void add(const std::string& entry) override { entries_.insert(entry); }

 private:
  std::set<std::string> entries_;
};

/// Time that may be held.
class SceneAgents::HeldTimers final : public Timers {
 public:
  explicit HeldTimers(Timers& timers) : timers_{timers} {}

  void after(Duration delay, std::function<void()> callback) override {
    if (is_held_) {
      held_.push_back(std::move(callback));
      return;
    }
    timers_.after(delay, [this, callback = std::move(callback)] {
      if (is_held_) {
        held_.push_back(callback);
      } else {
        callback();
      }
    });
  }

  void hold() { is_held_ = true; }
  void let_go() {
    is_held_ = false;
    const auto calls = std::exchange(held_, {});
    for (std::size_t i = 0; i < calls.size(); ++i) {
      timers_.after(offset_of(i), calls[i]);
    }
  }

 private:
  Timers& timers_;
  bool is_held_ = false;
  std::vector<std::function<void()>> held_;
};

SceneAgents::SceneAgents(Place place)
    : place_{std::move(place)},
      timers_{std::make_unique<HeldTimers>(place_.timers)},
      log_{std::make_unique<Log>(place_.clock, seen_)},
      record_{std::make_unique<Record>()} {}

SceneAgents::~SceneAgents() = default;

void SceneAgents::hold() {
  timers_->hold();
}

void SceneAgents::let_go() {
  timers_->let_go();
}

void SceneAgents::start_on(const std::vector<std::string>& instances) {
  for (const auto& instance : instances) {
    auto& one = agents_[instance];
    if (one != nullptr) {
      continue;
    }
    std::vector<std::unique_ptr<agent::Sink>> sinks;
    sinks.push_back(std::make_unique<agent::QueueSink>(place_.queue, place_.queues));
    one = std::make_unique<agent::Agent>(
        agent::AgentOptions{.metadata = {.endpoint = place_.endpoint + "/imds/" + instance},
                            .ecs_endpoint = place_.endpoint + "/ecs-agent/" + instance},
        std::move(sinks),
        agent::AgentPorts{place_.transport, *timers_, place_.clock, &place_.containers, *record_,
                          *log_},
        Random{agents_.size()});
    timers_->after(offset_of(agents_.size()), [&started = *one] { started.start(); });
  }
}

}  // namespace spotvane::cli
