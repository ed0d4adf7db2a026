#include "sim/steady_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

constexpr Duration kSteadyAnswer{200};
constexpr Duration kSteadyReports = std::chrono::minutes{1};

double seconds_of(Duration span) {
  return static_cast<double>(span.count()) / 1000;
}

}  // namespace

template <typename T>
void SteadyCloud::answer(const On<T>& on, Result<T> result) {
  loop_.after(kSteadyAnswer, [on, result = std::move(result)] { on(result); });
}

double SteadyCloud::rate(const Machine& machine) const {
  const auto known = market_.rates.find(machine.shown.type);
  return known != market_.rates.end() ? known->second : 0;
}

double SteadyCloud::share() const {
  return std::max(0.0, 1 - market_.scaling_penalty * std::max(0, working_ - 1));
}

void SteadyCloud::count() {
  const auto now = loop_.now();
  done_ += (rate_ * share() + market_.manager_rate) * seconds_of(now - counted_at_);
  counted_at_ = now;
}

void SteadyCloud::begin(Machine& machine) {
  if (machine.shown.state != model::InstanceState::Terminated) {
    count();
    machine.works = true;
    ++working_;
    rate_ += rate(machine);
  }
}

void SteadyCloud::run_instances(model::LaunchOrder order, On<std::vector<model::Instance>> on) {
  std::vector<model::Instance> launched;
  for (int i = 0; i < order.count; ++i) {
    const auto& times = market_.launch_times;
    const auto takes = times.empty() ? Duration{} : times[random_.below(times.size())];
    auto& machine = machines_.emplace_back();
    machine.shown = {.id = model::InstanceId{fmt::format("i-{:017}", machines_.size())},
                     .type = order.type,
                     .zone = order.zone,
                     .launched = loop_.now(),
                     .request = model::SpotRequestId{order.is_on_demand ? "" : "sir-steady"},
                     .tags = order.tags};
    machine.running = loop_.now() + takes;
    by_id_.emplace(machine.shown.id.text(), machines_.size() - 1);
    loop_.after(takes + market_.startup, [this, &machine] { begin(machine); });
    launched.push_back(machine.shown);
  }
  answer<std::vector<model::Instance>>(on, std::move(launched));
}

void SteadyCloud::describe_instances(model::Region /*region*/, Selection /*which*/,
                                     On<std::vector<model::Instance>> on) {
  std::vector<model::Instance> found;
  for (auto& machine : machines_) {
    auto& state = machine.shown.state;
    if (state == model::InstanceState::Pending && loop_.now() >= machine.running) {
      state = model::InstanceState::Running;
    }
    found.push_back(machine.shown);
  }
  answer<std::vector<model::Instance>>(on, std::move(found));
}

void SteadyCloud::describe_spot_requests(model::Region /*region*/, Selection /*which*/,
                                         On<std::vector<model::SpotRequest>> on) {
  answer<std::vector<model::SpotRequest>>(on, std::vector<model::SpotRequest>{});
}

void SteadyCloud::terminate_instances(model::Region /*region*/,
                                      std::vector<model::InstanceId> instances, On<void> on) {
  count();
  for (const auto& id : instances) {
    auto& machine = machines_[by_id_.at(id.text())];
    if (machine.works) {
      machine.works = false;
      --working_;
      rate_ -= rate(machine);
    }
    machine.shown.state = model::InstanceState::Terminated;
    machine.shown.ended = machine.shown.ended.value_or(loop_.now());
  }
  answer<void>(on, {});
}

void SteadyCloud::describe_spot_price_history(SpotPriceQuery /*query*/,
                                              On<std::vector<model::SpotPrice>> on) {
  answer<std::vector<model::SpotPrice>>(on, market_.prices);
}

void SteadyCloud::worker_metrics(WorkerMetricsQuery query, On<std::vector<WorkerMetrics>> on) {
  count();
  const auto now = loop_.now();
  const auto together = rate_ * share() + market_.manager_rate;
  std::vector<WorkerMetrics> found;
  for (const auto& asked : query.workers) {
    const auto& machine = machines_[by_id_.at(asked.id.text())];
    const auto began = machine.running + market_.startup;
    if (machine.works && now - began >= kSteadyReports) {
      const auto since = (now - began) % kSteadyReports;
      const auto then = done_ - together * seconds_of(since);
      found.push_back({.id = asked.id,
                       .tasks_per_second = rate(machine) * share(),
                       .deviation = 0.0,
                       .tasks = std::clamp(then, 0.0, market_.tasks),
                       .at = now - since});
    }
  }
  answer<std::vector<WorkerMetrics>>(on, std::move(found));
}

}  // namespace spotvane::sim
