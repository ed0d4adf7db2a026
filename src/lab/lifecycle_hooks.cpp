#include "lab/lifecycle_hooks.hpp"

#include "lab/launch_form.hpp"

#include <utility>

namespace spotvane::lab {

namespace {

constexpr std::string_view kTerminating = "autoscaling:EC2_INSTANCE_TERMINATING";
constexpr std::int64_t kShortestHook = 30;
constexpr std::int64_t kLongestHook = 7200;
constexpr std::int64_t kUsualHook = 3600;

Answered<sim::ScalingGroup*> hooked_group(World& world, const Call& call, const Value& asked) {
  const auto name = asked["AutoScalingGroupName"].text();
  auto* group = world.groups().find(owner_of(call), name);
  return group != nullptr
             ? Answered<sim::ScalingGroup*>{group}
             : refuse(400, "ValidationError",
                      "AutoScalingGroup name not found - AutoScalingGroup {} not found", name);
}

/// The group of a call that also names its hook.
Answered<sim::ScalingGroup*> group_with_hook(World& world, const Call& call, const Value& asked) {
  auto group = hooked_group(world, call, asked);
  const auto name = asked["LifecycleHookName"].text();
  if (group && (!(*group)->hook || (*group)->hook->name != name)) {
    return refuse(400, "ValidationError", "Lifecycle hook {} not found", name);
  }
  return group;
}

/// The instance that waits, by its token or its ID.
std::string waiting_of(const Value& asked) {
  return asked.has("LifecycleActionToken") ? asked["LifecycleActionToken"].text()
                                           : asked["InstanceId"].text();
}

}  // namespace

Answered<Value> put_lifecycle_hook(World& world, const Call& call, const Value& asked) {
  const auto group = hooked_group(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  const auto name = asked["LifecycleHookName"].text();
  const bool has_other = (*group)->hook && (*group)->hook->name != name;
  const auto timeout = asked.has("HeartbeatTimeout") ? asked["HeartbeatTimeout"].integer()
                                                     : std::optional{kUsualHook};
  if (name.empty() || has_other || asked["LifecycleTransition"].text() != kTerminating) {
    return refuse(400, "ValidationError",
                  "This lab's groups have one lifecycle hook, of the transition {}.", kTerminating);
  }
  if (!timeout || *timeout < kShortestHook || *timeout > kLongestHook) {
    return refuse(400, "ValidationError", "HeartbeatTimeout must be from {} to {}", kShortestHook,
                  kLongestHook);
  }
  (*group)->hook = sim::LifecycleHook{
      .name = name,
      .timeout = std::chrono::seconds{*timeout},
      .result = asked.has("DefaultResult") ? asked["DefaultResult"].text() : "ABANDON",
      .metadata = asked["NotificationMetadata"].text()};
  return Value::object();
}

Answered<Value> describe_lifecycle_hooks(World& world, const Call& call, const Value& asked) {
  const auto group = hooked_group(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  Value::List rows;
  if (const auto& hook = (*group)->hook) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(hook->timeout).count();
    rows.push_back(Value::object({{"LifecycleHookName", hook->name},
                                  {"AutoScalingGroupName", (*group)->name},
                                  {"LifecycleTransition", kTerminating},
                                  {"HeartbeatTimeout", seconds},
                                  {"GlobalTimeout", 100 * seconds},
                                  {"DefaultResult", hook->result}}));
  }
  return Value::object({{"LifecycleHooks", rows}});
}

Answered<Value> delete_lifecycle_hook(World& world, const Call& call, const Value& asked) {
  const auto group = group_with_hook(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  (*group)->hook.reset();
  return Value::object();
}

Answered<Value> complete_lifecycle_action(World& world, const Call& call, const Value& asked) {
  const auto group = group_with_hook(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  const auto result = asked["LifecycleActionResult"].text();
  if (result != "CONTINUE" && result != "ABANDON") {
    return refuse(400, "ValidationError", "LifecycleActionResult must be CONTINUE or ABANDON");
  }
  const auto done = world.groups().go_on(**group, waiting_of(asked));
  return done ? Answered<Value>{Value::object()} : refuse(done.error());
}

Answered<Value> record_lifecycle_action_heartbeat(World& world, const Call& call,
                                                  const Value& asked) {
  const auto group = group_with_hook(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  const auto done = world.groups().wait_longer(**group, waiting_of(asked));
  return done ? Answered<Value>{Value::object()} : refuse(done.error());
}

void tell_lifecycle_action(EventBus& bus, const sim::ScalingGroup& group,
                           const sim::GroupMember& member, TimePoint at) {
  const auto arn = fmt::format(
      "arn:aws:autoscaling:{}:{}:autoScalingGroup:{}:autoScalingGroupName/{}", group.owner.region,
      group.owner.account, group.created_at.time_since_epoch().count(), group.name);
  auto detail = Value::object({{"LifecycleActionToken", member.hook_token},
                               {"AutoScalingGroupName", group.name},
                               {"LifecycleHookName", group.hook->name},
                               {"EC2InstanceId", member.instance_id},
                               {"LifecycleTransition", kTerminating},
                               {"Origin", "AutoScalingGroup"},
                               {"Destination", "EC2"}});
  if (!group.hook->metadata.empty()) {
    detail.set("NotificationMetadata", group.hook->metadata);
  }
  bus.publish(group.owner, at, "aws.autoscaling", "EC2 Instance-terminate Lifecycle Action",
              {Value{arn}}, std::move(detail));
}

}  // namespace spotvane::lab
