#include "sim/scaling_groups.hpp"

#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace spotvane::sim {

namespace {

/// A group looks a moment after it was changed; it finds out that an instance ended by its checks.
constexpr Duration kSoonestAct = std::chrono::milliseconds{500};
constexpr Duration kActSpread = std::chrono::seconds{2};
constexpr Duration kSoonestCheck = std::chrono::seconds{5};
constexpr Duration kCheckSpread = std::chrono::seconds{20};
constexpr Duration kNextAttempt = std::chrono::seconds{30};
/// From running to in service.
constexpr Duration kJoining = std::chrono::seconds{3};
constexpr std::size_t kActivitiesKept = 1000;

using MemberState = GroupMember::State;

Duration span_of(std::uint64_t key, Duration least, Duration spread) {
  return least +
         Duration{static_cast<std::int64_t>(uniform(key) * static_cast<double>(spread.count()))};
}

GroupMember* member_of(ScalingGroup& group, const std::string& instance_id) {
  const auto found =
      std::find_if(group.members.begin(), group.members.end(),
                   [&](const GroupMember& one) { return one.instance_id == instance_id; });
  return found == group.members.end() ? nullptr : &*found;
}

int live_in(const ScalingGroup& group, const model::ZoneId& zone) {
  return static_cast<int>(
      std::count_if(group.members.begin(), group.members.end(), [&](const GroupMember& one) {
        return one.state != MemberState::Terminating && one.zone == zone;
      }));
}

}  // namespace

int ScalingGroup::live() const {
  return static_cast<int>(std::count_if(members.begin(), members.end(), [](const auto& one) {
    return one.state != MemberState::Terminating;
  }));
}

std::uint64_t ScalingGroups::next_key() {
  return derive(seed_, ++things_);
}

Granted<ScalingGroup*> ScalingGroups::create(const Owner& owner, const std::string& name,
                                             ScalingGroupSettings settings, Tags tags,
                                             Tags passed_on) {
  if (find(owner, name) != nullptr) {
    return tl::unexpected(MarketRefusal{
        "AlreadyExists", "AutoScalingGroup by this name already exists - A group with the name " +
                             name + " already exists"});
  }
  auto& made = groups_.emplace_back(ScalingGroup{.name = name,
                                                 .owner = owner,
                                                 .settings = std::move(settings),
                                                 .tags = std::move(tags),
                                                 .passed_on = std::move(passed_on),
                                                 .created_at = now()});
  made.changes.push_back({now(), 0, made.settings.desired, "create"});
  look_at(made, span_of(next_key(), kSoonestAct, kActSpread));
  return &made;
}

Granted<void> ScalingGroups::remove(ScalingGroup& group, bool force) {
  if (!force && !group.members.empty()) {
    return tl::unexpected(MarketRefusal{
        "ResourceInUse",
        "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
        "instance request(s) still in the group."});
  }
  group.settings.desired = group.settings.least = group.settings.most = 0;
  group.hook.reset();  // nobody waits for the instances of a group that is no more
  for (auto& one : group.members) {
    if (one.state != MemberState::Terminating) {
      end(group, one, "the group was deleted");
    }
  }
  group.is_deleted = true;
  return {};
}

ScalingGroup* ScalingGroups::find(const Owner& owner, const std::string& name) {
  const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const ScalingGroup& one) {
    return !one.is_deleted && one.owner == owner && one.name == name;
  });
  return found == groups_.end() ? nullptr : &*found;
}

std::vector<const ScalingGroup*> ScalingGroups::list(const Owner& owner) const {
  std::vector<const ScalingGroup*> found;
  for (const auto& group : groups_) {
    if (!group.is_deleted && group.owner == owner) {
      found.push_back(&group);
    }
  }
  return found;
}

const ScalingGroup* ScalingGroups::group_of(const std::string& instance_id) const {
  const auto found = group_of_instance_.find(instance_id);
  return found == group_of_instance_.end() ? nullptr : &groups_[found->second];
}

ScalingGroup* ScalingGroups::own_group_of(const std::string& instance_id) {
  const auto found = group_of_instance_.find(instance_id);
  return found == group_of_instance_.end() ? nullptr : &groups_[found->second];
}

const GroupMember* ScalingGroups::member(const ScalingGroup& group,
                                         const std::string& instance_id) {
  const auto found =
      std::find_if(group.members.begin(), group.members.end(),
                   [&](const GroupMember& one) { return one.instance_id == instance_id; });
  return found == group.members.end() ? nullptr : &*found;
}

void ScalingGroups::change_desired(ScalingGroup& group, int desired, std::string why) {
  if (desired != group.settings.desired) {
    group.changes.push_back({now(), group.settings.desired, desired, std::move(why)});
    group.settings.desired = desired;
  }
  look_at(group, span_of(next_key(), kSoonestAct, kActSpread));
}

Granted<void> ScalingGroups::set_desired(ScalingGroup& group, int desired, bool honours_cooldown) {
  if (desired < group.settings.least || desired > group.settings.most) {
    const bool is_above = desired > group.settings.most;
    return tl::unexpected(MarketRefusal{
        "ValidationError",
        fmt::format("New SetDesiredCapacity value {} is {} {} value {} for the AutoScalingGroup.",
                    desired, is_above ? "above" : "below", is_above ? "max" : "min",
                    is_above ? group.settings.most : group.settings.least)});
  }
  const bool is_cooling =
      group.scaled_at != TimePoint::min() && now() < group.scaled_at + group.settings.cooldown;
  if (honours_cooldown && is_cooling) {
    return tl::unexpected(MarketRefusal{
        "ScalingActivityInProgress",
        fmt::format("You cannot change the desired capacity of {} while its cooldown runs.",
                    group.name)});
  }
  if (desired != group.settings.desired) {
    group.scaled_at = now();
  }
  change_desired(group, desired, honours_cooldown ? "set honouring the cooldown" : "set");
  return {};
}

void ScalingGroups::update(ScalingGroup& group, ScalingGroupSettings settings) {
  const auto desired = std::clamp(settings.desired, settings.least, settings.most);
  const auto before = group.settings.desired;
  group.settings = std::move(settings);
  group.settings.desired = before;
  change_desired(group, desired, "update");
}

ScalingActivity& ScalingGroups::note(ScalingGroup& group, std::string description,
                                     std::string cause, std::string instance_id) {
  group.activities.push_front({.id = uuid_of(next_key()),
                               .group = group.name,
                               .description = std::move(description),
                               .cause = fmt::format("At {} {}", to_iso8601(now()), cause),
                               .status = "InProgress",
                               .instance_id = std::move(instance_id),
                               .began_at = now()});
  if (group.activities.size() > kActivitiesKept) {
    group.activities.pop_back();
  }
  return group.activities.front();
}

ScalingActivity& ScalingGroups::end(ScalingGroup& group, GroupMember& one, std::string cause) {
  one.state = MemberState::Terminating;
  auto& activity = note(group, "Terminating EC2 instance: " + one.instance_id, std::move(cause),
                        one.instance_id);
  if (!pause(group, one)) {
    market_.end(one.instance_id);
  }
  return activity;
}

Granted<ScalingActivity> ScalingGroups::terminate(ScalingGroup& group,
                                                  const std::string& instance_id, bool decrements) {
  auto* one = member_of(group, instance_id);
  if (one == nullptr) {
    return tl::unexpected(MarketRefusal{
        "ValidationError", fmt::format("Instance Id not found - No managed instance found for "
                                       "instance ID {}",
                                       instance_id)});
  }
  if (decrements && group.settings.desired <= group.settings.least) {
    return tl::unexpected(MarketRefusal{
        "ValidationError",
        "Currently, desiredSize equals minSize. Terminating instance without replacement will "
        "violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to "
        "false or lower group's min size."});
  }
  auto activity = one->state == MemberState::Terminating
                      ? group.activities.front()
                      : end(group, *one,
                            "an instance was taken out of service in response to a "
                            "user request.");
  change_desired(group, group.settings.desired - (decrements ? 1 : 0), "terminate");
  return activity;
}

void ScalingGroups::look_at(ScalingGroup& group, Duration after) {
  if (group.is_looked_at) {
    return;
  }
  group.is_looked_at = true;
  agenda_.at(now() + after, [this, &group] {
    group.is_looked_at = false;
    reconcile(group);
  });
}

void ScalingGroups::reconcile(ScalingGroup& group) {
  if (group.is_deleted) {
    return;
  }
  for (auto missing = group.settings.desired - group.live(); missing > 0; --missing) {
    if (!launch_one(group)) {
      return look_at(group, kNextAttempt);
    }
  }
  for (auto excess = group.live() - group.settings.desired; excess > 0; --excess) {
    // Of the zone that has the most, the oldest.
    GroupMember* chosen = nullptr;
    for (auto& one : group.members) {
      const auto rank = [&](const GroupMember& each) {
        return std::tuple{live_in(group, each.zone), -each.launched_at.time_since_epoch().count()};
      };
      if (one.state != MemberState::Terminating &&
          (chosen == nullptr || rank(one) > rank(*chosen))) {
        chosen = &one;
      }
    }
    end(group, *chosen,
        fmt::format("an instance was taken out of service in response to a difference between "
                    "desired and actual capacity, shrinking the capacity to {}.",
                    group.settings.desired));
  }
}

bool ScalingGroups::launch_one(ScalingGroup& group) {
  const auto& settings = group.settings;
  const auto on_demand =
      static_cast<int>(std::count_if(group.members.begin(), group.members.end(), [](auto& one) {
        return one.state != MemberState::Terminating && !one.is_spot;
      }));
  const auto above = std::max(0, settings.desired - settings.on_demand_base);
  const auto wanted = std::min(settings.desired, settings.on_demand_base) +
                      (above * settings.on_demand_percent + 99) / 100;
  return launch_as(group, on_demand >= wanted);
}

bool ScalingGroups::launch_as(ScalingGroup& group, bool is_spot) {
  auto zones = group.settings.zones;
  std::stable_sort(zones.begin(), zones.end(), [&](const auto& left, const auto& right) {
    return live_in(group, left) < live_in(group, right);
  });
  MarketRefusal last{"InvalidConfiguration", "There is nothing to launch."};
  for (const auto& zone : zones) {
    for (const auto& choice : group.settings.choices) {
      RunOrder order{.owner = group.owner,
                     .spec = choice,
                     .is_spot = is_spot,
                     .max_price = group.settings.max_price,
                     .instance_tags = group.passed_on};
      order.spec.zone = zone;
      order.instance_tags["aws:autoscaling:groupName"] = group.name;
      const auto made = market_.run(order);
      if (!made) {
        last = made.error();
        continue;
      }
      const auto& instance = *made->front();
      group.members.push_back({.instance_id = instance.id,
                               .type = instance.spec.type,
                               .zone = instance.spec.zone,
                               .is_spot = is_spot,
                               .launched_at = now()});
      group_of_instance_[instance.id] = static_cast<std::size_t>(
          std::find_if(groups_.begin(), groups_.end(),
                       [&](const ScalingGroup& one) { return &one == &group; }) -
          groups_.begin());
      note(group, "Launching a new EC2 instance: " + instance.id,
           fmt::format("an instance was started in response to a difference between desired and "
                       "actual capacity, increasing the capacity to {}.",
                       group.live()),
           instance.id);
      if (instance.running_at != kNever) {
        agenda_.at(instance.running_at + kJoining,
                   [this, &group, id = instance.id] { in_service(group, id); });
      }
      return true;
    }
  }
  auto& failed = note(group, "Launching a new EC2 instance.  Status Reason: " + last.message,
                      "an instance was to be started.", {});
  failed.status = "Failed";
  failed.message = fmt::format("{}: {}", last.code, last.message);
  failed.ended_at = now();
  return false;
}

void ScalingGroups::in_service(ScalingGroup& group, const std::string& instance_id) {
  auto* one = member_of(group, instance_id);
  if (one == nullptr || one->state != MemberState::Pending) {
    return;
  }
  one->state = MemberState::InService;
  for (auto& activity : group.activities) {
    if (activity.instance_id == instance_id && activity.status == "InProgress") {
      activity.status = "Successful";
      activity.ended_at = now();
    }
  }
}

void ScalingGroups::recommended(const Instance& instance) {
  auto* group = own_group_of(instance.id);
  if (group == nullptr || !group->settings.rebalances || group->is_deleted) {
    return;
  }
  // One more than desired until the one at risk is ended, some minutes later.
  if (launch_one(*group)) {
    agenda_.at(now() + std::chrono::minutes{2}, [this, group, id = instance.id] {
      auto* one = member_of(*group, id);
      if (one != nullptr && one->state != MemberState::Terminating) {
        end(*group, *one,
            "an instance was taken out of service in response to an EC2 instance "
            "rebalance recommendation.");
      }
    });
  }
}

void ScalingGroups::shutting_down(const Instance& instance) {
  auto* group = own_group_of(instance.id);
  auto* one = group != nullptr ? member_of(*group, instance.id) : nullptr;
  if (one == nullptr || one->state == MemberState::Terminating) {
    return;
  }
  one->is_healthy = false;
  agenda_.at(now() + span_of(next_key(), kSoonestCheck, kCheckSpread), [this, group, &instance] {
    auto* ended = member_of(*group, instance.id);
    if (ended != nullptr && ended->state != MemberState::Terminating) {
      end(*group, *ended,
          "an instance was taken out of service in response to an EC2 "
          "health check indicating it has been terminated or stopped.");
    }
    if (state(instance, now()) == InstanceState::Terminated) {
      terminated(instance);
    }
    reconcile(*group);
  });
}

void ScalingGroups::terminated(const Instance& instance) {
  auto* group = own_group_of(instance.id);
  if (group == nullptr) {
    return;
  }
  for (auto& activity : group->activities) {
    if (activity.instance_id == instance.id && activity.status == "InProgress") {
      activity.status = "Successful";
      activity.ended_at = now();
    }
  }
  const auto* one = member_of(*group, instance.id);
  if (one != nullptr && one->state == MemberState::Terminating) {
    std::erase_if(group->members,
                  [&](const GroupMember& each) { return each.instance_id == instance.id; });
  }
}

}  // namespace spotvane::sim
