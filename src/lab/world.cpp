#include "lab/world.hpp"

#include "lab/alarm_message.hpp"
#include "lab/lifecycle_hooks.hpp"
#include "sim/value_noise.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace spotvane::lab {

World::World(WorldOptions options, CatalogData data)
    : options_{std::move(options)},
      data_{std::move(data)},
      market_{data_.catalog, options_.seed},
      instances_{market_, options_.seed},
      clusters_{agenda_, instances_, sim::derive(options_.seed, "clusters")},
      groups_{agenda_, instances_, sim::derive(options_.seed, "groups")},
      spot_fleets_{agenda_, instances_, sim::derive(options_.seed, "fleets")},
      queues_{sim::derive(options_.seed, "queues")},
      topics_{sim::derive(options_.seed, "topics")},
      deliveries_{topics_, queues_, agenda_, instances_, sim::derive(options_.seed, "deliveries")},
      events_{deliveries_, sim::derive(options_.seed, "events")},
      workloads_{agenda_, instances_, metrics_, sim::derive(options_.seed, "workloads")},
      score_quota_{options_.score_configurations} {
  groups_.tell_waits([this](const auto& group, const auto& member) {
    tell_lifecycle_action(events_, group, member, instances_.now());
  });
  workloads_.work_by([this](const auto& instance) { return clusters_.working_part(instance); });
  clusters_.tell_work([this](const auto& id) { workloads_.part_changed(id); });
  for (const auto& status : catalog().regions) {
    const bool is_opted_in =
        options_.enables_all_regions ||
        std::find(options_.opted_in_regions.begin(), options_.opted_in_regions.end(),
                  status.region) != options_.opted_in_regions.end();
    regions_[status.region] = {.is_enabled = status.is_enabled || is_opted_in,
                               .needs_opt_in = !status.is_enabled};
  }

  std::unordered_map<std::string_view, std::uint32_t> zones;
  for (std::uint32_t i = 0; i < catalog().zones.size(); ++i) {
    const auto& zone = catalog().zones[i];
    zones.emplace(zone.id.text(), i);
    regions_[zone.region].zones.push_back(i);
  }
  std::unordered_map<std::string_view, std::uint32_t> types;
  for (std::uint32_t i = 0; i < catalog().types.size(); ++i) {
    types.emplace(catalog().types[i].type.text(), i);
  }
  for (const auto& offering : catalog().offerings) {
    const auto zone = zones.find(offering.zone.text());
    const auto type = types.find(offering.type.text());
    if (zone != zones.end() && type != types.end()) {
      regions_[catalog().zones[zone->second].region].offerings.push_back(
          {type->second, zone->second});
    }
  }
  for (auto& [name, region] : regions_) {
    std::sort(region.offerings.begin(), region.offerings.end(),
              [](const auto& left, const auto& right) {
                return std::tie(left.type, left.zone) < std::tie(right.type, right.zone);
              });
    for (const auto& offering : region.offerings) {
      if (region.types.empty() || region.types.back() != offering.type) {
        region.types.push_back(offering.type);
      }
    }
  }
}

void World::advance(TimePoint now) {
  settle();
  for (auto next = std::min(agenda_.next(), instances_.next_event()); next <= now;
       next = std::min(agenda_.next(), instances_.next_event())) {
    step(next);
  }
  step(now);
}

void World::step(TimePoint now) {
  instances_.advance(now);
  settle();
  while (agenda_.run_one(instances_.now())) {
    settle();
  }
}

void World::settle() {
  while (changes_seen_ < instances_.changes().size()) {
    follow(instances_.changes()[changes_seen_++]);
  }
}

void World::follow(const sim::InstanceChange& change) {
  using Kind = sim::InstanceChange::Kind;
  const auto& instance = instances_.every_instance()[change.instance];
  tell(change, instance);
  host(change, instance);
  switch (change.kind) {
    case Kind::Launched:
      return clusters_.launched(instance);
    case Kind::Noticed:
      spot_fleets_.noticed(instance);
      return clusters_.noticed(instance);
    case Kind::ShuttingDown:
      clusters_.ended(instance);
      spot_fleets_.shutting_down(instance);
      return groups_.shutting_down(instance);
    case Kind::Recommended:
      return groups_.recommended(instance);
    case Kind::Terminated:
      return groups_.terminated(instance);
  }
}

/// What it does by itself: really, or as a model.
void World::host(const sim::InstanceChange& change, const sim::Instance& instance) {
  using Kind = sim::InstanceChange::Kind;
  if (!hosting_) {
    if (change.kind == Kind::Launched) {
      workloads_.look_at(instance);
    } else if (change.kind == Kind::ShuttingDown) {
      workloads_.shutting_down(instance);
    }
    return;
  }
  if (change.kind == Kind::Launched && instance.running_at != sim::kNever) {
    agenda_.at(instance.running_at, [this, &instance] {
      if (sim::state(instance, instances_.now()) == sim::InstanceState::Running) {
        hosting_->running(instance);
      }
    });
  } else if (change.kind == Kind::ShuttingDown) {
    hosting_->shutting_down(instance);
  } else if (change.kind == Kind::Terminated) {
    hosting_->terminated(instance);
  }
}

/// As events of EC2.
void World::tell(const sim::InstanceChange& change, const sim::Instance& instance) {
  using Kind = sim::InstanceChange::Kind;
  using State = sim::InstanceState;
  switch (change.kind) {
    case Kind::Launched:
      tell_state(events_, instance, State::Pending, change.at);
      if (instance.running_at != sim::kNever) {
        agenda_.at(instance.running_at, [this, &instance] {
          if (sim::state(instance, instances_.now()) == State::Running) {
            tell_state(events_, instance, State::Running, instances_.now());
          }
        });
      }
      return;
    case Kind::Recommended:
      return tell_rebalance(events_, instance, zone_name(instance), change.at);
    case Kind::Noticed:
      return tell_notice(events_, instance, zone_name(instance), change.at);
    case Kind::ShuttingDown:
      return tell_state(events_, instance, State::ShuttingDown, change.at);
    case Kind::Terminated:
      return tell_state(events_, instance, State::Terminated, change.at);
  }
}

std::string World::zone_name(const sim::Instance& instance) const {
  Account account;
  account.id = instance.owner.account;
  for (const auto& zone : zones(instance.owner.region, account)) {
    if (zone.id == instance.spec.zone) {
      return zone.name.text();
    }
  }
  return {};
}

void World::watch() {
  if (is_watching_) {
    return;
  }
  is_watching_ = true;
  const auto minute = std::chrono::floor<std::chrono::minutes>(instances_.now());
  agenda_.at(minute + std::chrono::minutes{1}, [this] {
    is_watching_ = false;
    publish_fleets();
    alarms_.evaluate(instances_.now(),
                     [this](const auto& alarm, auto before) { tell_alarm(alarm, before); });
    const auto& fleets = spot_fleets_.fleets();
    const bool is_any_alive = std::any_of(fleets.begin(), fleets.end(), [](const auto& fleet) {
      return fleet.state != sim::SpotFleet::State::Cancelled;
    });
    if (is_any_alive || !alarms_.is_empty()) {
      watch();
    }
  });
}

/// As AWS/EC2Spot has them: of each minute, and seen one to two and a half minutes later.
void World::publish_fleets() {
  constexpr Duration kSoonestSeen = std::chrono::minutes{1};
  constexpr double kSeenSpread = 90'000.0;  // milliseconds
  const auto now = instances_.now();
  for (const auto& fleet : spot_fleets_.fleets()) {
    if (fleet.state == sim::SpotFleet::State::Cancelled) {
      continue;
    }
    const auto target = static_cast<double>(fleet.target());
    const auto fulfilled = fleet.fulfilled();
    const auto pools = static_cast<double>(fleet.order.candidates.size());
    const auto key = sim::derive(sim::derive(seed(), fleet.id),
                                 static_cast<std::uint64_t>(now.time_since_epoch().count()));
    const auto seen =
        now + kSoonestSeen + Duration{static_cast<std::int64_t>(sim::uniform(key) * kSeenSpread)};
    const std::array<std::pair<const char*, double>, 6> figures{
        {{"TargetCapacity", target},
         {"FulfilledCapacity", fulfilled},
         {"PendingCapacity", std::max(0.0, target - fulfilled)},
         {"TerminatingCapacity", std::max(0.0, fulfilled - target)},
         {"EligibleInstancePoolCount", pools},
         {"AvailableInstancePoolsCount", pools}}};
    for (const auto& [name, figure] : figures) {
      metrics_.put({fleet.order.owner, "AWS/EC2Spot", name, {{"FleetRequestId", fleet.id}}}, now,
                   sim::MetricSum::of(figure), seen);
    }
  }
}

void World::turn_alarm(sim::MetricAlarm& alarm, sim::MetricAlarm::State state, std::string reason) {
  sim::MetricAlarms::turn(alarm, state, std::move(reason), instances_.now(),
                          [this](const auto& turned, auto before) { tell_alarm(turned, before); });
}

void World::tell_alarm(const sim::MetricAlarm& alarm, sim::MetricAlarm::State before) {
  using State = sim::MetricAlarm::State;
  const auto& topics = alarm.state == State::Alarm ? alarm.on_alarm
                       : alarm.state == State::Ok  ? alarm.on_ok
                                                   : alarm.on_insufficient;
  for (const auto& arn : alarm.is_enabled ? topics : std::vector<std::string>{}) {
    if (auto* topic = topics_.find(arn)) {
      deliveries_.publish(*topic,
                          fmt::format("{}: \"{}\" in {}", sim::to_text(alarm.state), alarm.name,
                                      alarm.metric.owner.region),
                          alarm_message(alarm, before), {});
    }
  }
  events_.publish(alarm.metric.owner, instances_.now(), "aws.cloudwatch",
                  "CloudWatch Alarm State Change", {alarm_arn(alarm)}, alarm_event(alarm, before));
}

const World::RegionView* World::find(const model::Region& region) const {
  const auto found = regions_.find(region);
  return found == regions_.end() ? nullptr : &found->second;
}

std::vector<model::Zone> World::zones(const model::Region& region, const Account& account) const {
  const auto* view = find(region);
  if (view == nullptr) {
    return {};
  }
  std::vector<model::Zone> zones;
  std::vector<model::ZoneName> names;
  for (const auto zone : view->zones) {
    zones.push_back(catalog().zones[zone]);
    names.push_back(zones.back().name);
  }
  if (account.id == kDefaultAccount) {
    return zones;
  }
  const auto key = sim::derive(sim::derive(0, account.id), region.text());
  std::sort(names.begin(), names.end(), [key](const auto& left, const auto& right) {
    return sim::derive(key, left.text()) < sim::derive(key, right.text());
  });
  for (std::size_t i = 0; i < zones.size(); ++i) {
    zones[i].name = names[i];
  }
  return zones;
}

}  // namespace spotvane::lab
