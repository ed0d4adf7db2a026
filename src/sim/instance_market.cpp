#include "sim/instance_market.hpp"

#include "base/assert.hpp"
#include "sim/instance_market_impl.hpp"
#include "sim/launch_times.hpp"
#include "sim/spot_status.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spotvane::sim {

namespace {

constexpr Duration kSweepPeriod = std::chrono::minutes{1};
/// What has gone on for long is looked at less often, so that a clock may jump by years.
constexpr int kLooksInLifetime = 500;
constexpr double kHoursOfMonth = 730.0;
/// One interruption in so many is announced by a mark of the request before it is closed.
constexpr double kMarked = 0.25;

constexpr EndReason kInterrupted{"Server.SpotInstanceTermination", "Spot instance termination"};
constexpr EndReason kFailed{"Server.InternalError",
                            "Server.InternalError: Internal error on launch"};

/// The share of instances interrupted in a month, by the advisor's band.
constexpr std::array kMonthlyInterruptions{0.025, 0.075, 0.125, 0.175, 0.3};

Duration times(Duration span, double factor) {
  return Duration{std::llround(static_cast<double>(span.count()) * factor)};
}

}  // namespace

void InstanceMarket::Impl::foresee(TimePoint at, EventKind kind, std::uint32_t subject,
                                   EndReason reason) {
  pending.push({at, ++events, kind, subject, reason});
}

void InstanceMarket::Impl::happen(const Event& event) {
  switch (event.kind) {
    case EventKind::Evaluate:
      return evaluate(event.subject);
    case EventKind::Fulfil:
      return fulfil(event.subject);
    case EventKind::Expire:
      if (auto& request = requests[event.subject];
          request.history.back().state == RequestState::Open && !request.holds_capacity) {
        change(request, RequestState::Cancelled, "schedule-expired");
      }
      return;
    case EventKind::ShutDown:
      return shut_down(event.subject, event.reason);
    case EventKind::Gone:
      return gone(event.subject);
    case EventKind::Sweep:
      return sweep(event.subject);
    case EventKind::Notice:
      if (auto& instance = instances[event.subject];
          instance.notice_at == kNever && instance.shutdown_at == kNever) {
        notice(event.subject, false);
      }
      return;
  }
}

void InstanceMarket::Impl::change(SpotRequest& request, RequestState state, std::string_view code,
                                  std::string message) {
  if (request.history.back().code == code && request.history.back().state == state) {
    return;
  }
  request.history.push_back({now, state, std::string{code},
                             message.empty() ? std::string{message_of(code)} : std::move(message)});
  if (state != RequestState::Open && !request.holds_capacity) {
    release_claim(request);
  }
}

void InstanceMarket::Impl::release_claim(SpotRequest& request) {
  if (request.is_claimed) {
    request.is_claimed = false;
    holdings[request.owner].spot_vcpus -= request.vcpus;
    audit.unasked(request, now);
  }
}

void InstanceMarket::Impl::evaluate(std::uint32_t index) {
  auto& request = requests[index];
  if (request.history.back().state != RequestState::Open || request.holds_capacity) {
    return;
  }
  if (request.bad_parameter.empty() && zones_for(request.owner, request.spec).empty()) {
    request.bad_parameter = "The requested instance type is not offered there.";
  }
  if (!request.bad_parameter.empty()) {
    return change(request, RequestState::Failed, "bad-parameters", request.bad_parameter);
  }
  const auto key = derive(derive(seed, request.id), request.history.size() + things);
  const auto moment = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const auto again = now + std::max(draw_next_evaluation(derive(key, moment)),
                                    (now - request.created_at) / kLooksInLifetime);
  const model::Pool pool{request.spec.type, request.owner.region,
                         roomiest(request.owner, request.spec, true)};
  const auto price = market.price(pool, now);
  if (price && *price > highest_price({pool.type, pool.region}, request.max_price)) {
    foresee(again, EventKind::Evaluate, index);
    return change(request, RequestState::Open, "price-too-low");
  }
  const auto strain = launch_strain(room(pool, true));
  if (!price || find_room(pool, true, 1) == 0) {
    foresee(again, EventKind::Evaluate, index);
    return change(request, RequestState::Open, "capacity-not-available");
  }
  request.holds_capacity = true;
  request.spec.zone = pool.zone;
  ++usage_of(pool).spot;
  change(request, RequestState::Open, "pending-fulfillment");
  foresee(now + times(draw_fulfilment(key, strain), conditions.launch_factor), EventKind::Fulfil,
          index);
}

void InstanceMarket::Impl::fulfil(std::uint32_t index) {
  auto& request = requests[index];
  if (!request.holds_capacity) {  // fulfilled late: it was let go of once
    const model::Pool pool{request.spec.type, request.owner.region,
                           roomiest(request.owner, request.spec, true)};
    if (!market.price(pool, now) || find_room(pool, true, 1) == 0) {
      return;
    }
    request.spec.zone = pool.zone;
  } else {
    request.holds_capacity = false;
    --usage_of({request.spec.type, request.owner.region, request.spec.zone}).spot;
  }
  release_claim(request);
  const auto instance = launch({.owner = request.owner,
                                .spec = request.spec,
                                .is_spot = true,
                                .reservation_id = fmt::format("r-0{:016x}", next_key())});
  tie(index, instance);
}

void InstanceMarket::Impl::tie(std::uint32_t request_index_, std::uint32_t instance_index_) {
  auto& request = requests[request_index_];
  auto& instance = instances[instance_index_];
  request.instance_id = instance.id;
  request.fulfilled_at = now;
  instance.spot_request_id = request.id;
  const bool is_cancelled = request.history.back().state == RequestState::Cancelled;
  change(request, is_cancelled ? RequestState::Cancelled : RequestState::Active,
         is_cancelled ? "request-canceled-and-instance-running" : "fulfilled");
}

std::uint32_t InstanceMarket::Impl::launch(Launch wanted) {
  const auto key = next_key();
  const auto& facts = *book.type(wanted.spec.type);
  auto& usage = usage_of({wanted.spec.type, wanted.owner.region, wanted.spec.zone});
  const auto strain = launch_strain(room(usage.pool, wanted.is_spot));
  const auto launch_times = draw_launch_times(key, facts, strain);
  const auto after = [&](Duration span) { return now + times(span, conditions.launch_factor); };

  const auto index = static_cast<std::uint32_t>(instances.size());
  auto& made = instances.emplace_back(Instance{.id = fmt::format("i-0{:016x}", derive(key, "id")),
                                               .reservation_id = std::move(wanted.reservation_id),
                                               .launch_index = wanted.index,
                                               .owner = wanted.owner,
                                               .spec = std::move(wanted.spec),
                                               .vcpus = facts.vcpus,
                                               .is_spot = wanted.is_spot,
                                               .fleet_id = std::move(wanted.fleet_id),
                                               .client_token = std::move(wanted.client_token),
                                               .tags = std::move(wanted.tags),
                                               .launched_at = now,
                                               .visible_at = visible_from(key),
                                               .running_at = after(launch_times.running),
                                               .system_ok_at = after(launch_times.system_ok),
                                               .instance_ok_at = after(launch_times.instance_ok)});
  if (launch_times.ebs_ok) {
    made.ebs_ok_at = after(*launch_times.ebs_ok);
  }
  if (uniform(derive(key, "ready")) < conditions.never_ready) {
    made.instance_ok_at = kNever;
  }
  if (uniform(derive(key, "fails")) < conditions.launch_failures) {
    made.running_at = made.system_ok_at = made.instance_ok_at = kNever;
    foresee(now + std::chrono::seconds{5}, EventKind::ShutDown, index, kFailed);
  }
  ++(made.is_spot ? usage.spot : usage.on_demand);
  if (made.is_spot) {
    usage.live_spot.push_back(index);
    if (!usage.is_swept) {
      usage.is_swept = true;
      foresee(now + kSweepPeriod, EventKind::Sweep, usage_index.at(usage.pool));
    }
  }
  auto& held = holdings[made.owner];
  (made.is_spot ? held.spot_vcpus : held.on_demand_vcpus) += made.vcpus;
  held.instances.push_back(index);
  instance_index.emplace(made.id, index);
  audit.launched(made, now);
  changes.push_back({InstanceChange::Kind::Launched, now, index});
  return index;
}

void InstanceMarket::Impl::shut_down(std::uint32_t index, EndReason reason) {
  auto& instance = instances[index];
  if (instance.shutdown_at != kNever) {
    return;
  }
  instance.shutdown_at = now;
  instance.reason = reason;
  const bool was_running = instance.running_at <= now;
  instance.terminated_at =
      now + (was_running ? draw_shutdown(derive(seed, instance.id)) : std::chrono::seconds{1});
  foresee(instance.terminated_at, EventKind::Gone, index);
  audit.shutting_down(instance, now);
  changes.push_back({InstanceChange::Kind::ShuttingDown, now, index});
  if (instance.is_spot) {
    auto& live =
        usage_of({instance.spec.type, instance.owner.region, instance.spec.zone}).live_spot;
    live.erase(std::find(live.begin(), live.end(), index));
    auto& request = requests[request_index.at(instance.spot_request_id)];
    const auto& last = request.history.back();
    const bool is_cancelled = last.state == RequestState::Cancelled;
    if (is_cancelled || last.state == RequestState::Active) {
      const bool is_interrupted = instance.notice_at != kNever && reason.code == kInterrupted.code;
      change(request, is_cancelled ? RequestState::Cancelled : RequestState::Closed,
             is_interrupted                ? "instance-terminated-no-capacity"
             : reason.code == kFailed.code ? "instance-terminated-by-service"
                                           : "instance-terminated-by-user");
    }
  }
}

void InstanceMarket::Impl::gone(std::uint32_t index) {
  auto& instance = instances[index];
  auto& usage = usage_of({instance.spec.type, instance.owner.region, instance.spec.zone});
  --(instance.is_spot ? usage.spot : usage.on_demand);
  auto& held = holdings[instance.owner];
  (instance.is_spot ? held.spot_vcpus : held.on_demand_vcpus) -= instance.vcpus;
  audit.gone(instance, now);
  changes.push_back({InstanceChange::Kind::Terminated, now, index});
}

/// Takes back what the pool cannot bear any more.
void InstanceMarket::Impl::sweep(std::uint32_t index) {
  auto& usage = usages[index];
  if (usage.live_spot.empty()) {
    usage.is_swept = false;
    return;
  }
  const auto newest = instances[usage.live_spot.back()].launched_at;
  const auto period = std::max(kSweepPeriod, (now - newest) / kLooksInLifetime);
  foresee(now + period, EventKind::Sweep, index);
  const auto price = market.price(usage.pool, now);
  const auto capacity = market.capacity(usage.pool, now).value_or(0.0) * conditions.capacity_factor;
  const auto band = book.band({usage.pool.type, usage.pool.region});
  const auto an_hour =
      kMonthlyInterruptions.at(static_cast<std::size_t>(std::clamp(band, 0, 4))) / kHoursOfMonth +
      conditions.interruptions_per_hour;
  const auto per_sweep = an_hour * std::chrono::duration<double, std::ratio<3600>>(period).count();
  int staying = 0;
  for (const auto each : usage.live_spot) {
    const auto& instance = instances[each];
    if (instance.notice_at != kNever || doomed.contains(each)) {
      continue;
    }
    const auto& request = requests[request_index.at(instance.spot_request_id)];
    const auto fate = derive(derive(seed, instance.id),
                             static_cast<std::uint64_t>(now.time_since_epoch().count()));
    if (price && *price > highest_price({usage.pool.type, usage.pool.region}, request.max_price)) {
      notice(each, true);
    } else if (++staying > capacity || uniform(fate) < per_sweep) {
      --staying;
      withdraw(each);
    }
  }
}

void InstanceMarket::Impl::withdraw(std::uint32_t index) {
  if (conditions.rebalance_lead <= Duration::zero()) {
    return notice(index, false);
  }
  recommend(index);
  doomed.insert(index);
  foresee(now + conditions.rebalance_lead, EventKind::Notice, index);
}

void InstanceMarket::Impl::recommend(std::uint32_t index) {
  auto& instance = instances[index];
  if (instance.rebalance_at == kNever) {
    instance.rebalance_at = now;
    changes.push_back({InstanceChange::Kind::Recommended, now, index});
  }
}

void InstanceMarket::Impl::notice(std::uint32_t index, bool for_price) {
  auto& instance = instances[index];
  recommend(index);
  instance.notice_at = now;
  changes.push_back({InstanceChange::Kind::Noticed, now, index});
  foresee(now + kNotice, EventKind::ShutDown, index, kInterrupted);
  auto& request = requests[request_index.at(instance.spot_request_id)];
  const bool is_cancelled = request.history.back().state == RequestState::Cancelled;
  if (!for_price && !is_cancelled && uniform(derive(derive(seed, instance.id), "mark")) < kMarked) {
    return change(request, RequestState::Active, "marked-for-termination");
  }
  change(request, is_cancelled ? RequestState::Cancelled : RequestState::Closed,
         for_price ? "instance-terminated-by-price" : "instance-terminated-no-capacity");
}

// What the market offers of itself.

InstanceMarket::InstanceMarket(const SpotMarket& market, std::uint64_t seed)
    : impl_{std::make_unique<Impl>(market, seed)} {}

InstanceMarket::~InstanceMarket() = default;

void InstanceMarket::advance(TimePoint now) {
  auto& pending = impl_->pending;
  while (!pending.empty() && pending.top().at <= now) {
    const auto event = pending.top();
    pending.pop();
    impl_->now = std::max(impl_->now, event.at);
    impl_->happen(event);
  }
  impl_->now = std::max(impl_->now, now);
}

TimePoint InstanceMarket::now() const {
  return impl_->now;
}

void InstanceMarket::set_conditions(const MarketConditions& conditions) {
  impl_->conditions = conditions;
}

const MarketConditions& InstanceMarket::conditions() const {
  return impl_->conditions;
}

std::optional<std::uint32_t> InstanceMarket::Impl::running_spot(const std::string& id) const {
  const auto found = instance_index.find(id);
  if (found == instance_index.end()) {
    return std::nullopt;
  }
  const auto& instance = instances[found->second];
  const bool is_running = instance.is_spot && instance.notice_at == kNever &&
                          state(instance, now) == InstanceState::Running;
  return is_running ? std::optional{found->second} : std::nullopt;
}

bool InstanceMarket::interrupt(const std::string& id, bool for_price) {
  const auto index = impl_->running_spot(id);
  if (index) {
    impl_->notice(*index, for_price);
  }
  return index.has_value();
}

bool InstanceMarket::recommend_rebalance(const std::string& id) {
  const auto index = impl_->running_spot(id);
  if (index) {
    impl_->recommend(*index);
  }
  return index.has_value();
}

}  // namespace spotvane::sim
