#include "lab/autoscaling.hpp"

#include "lab/group_form.hpp"
#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kMostRecords = 100;

std::string_view to_text(sim::GroupMember::State state) {
  switch (state) {
    case sim::GroupMember::State::Pending:
      return "Pending";
    case sim::GroupMember::State::InService:
      return "InService";
    case sim::GroupMember::State::Terminating:
      return "Terminating";
  }
  return "Terminating";
}

Answered<sim::ScalingGroup*> find_group(World& world, const Call& call, const Value& asked) {
  const auto name = asked["AutoScalingGroupName"].text();
  auto* group = world.groups().find(owner_of(call), name);
  return group != nullptr
             ? Answered<sim::ScalingGroup*>{group}
             : refuse(400, "ValidationError",
                      "AutoScalingGroup name not found - AutoScalingGroup {} not found", name);
}

Value template_row(const sim::ScalingGroupSettings& settings) {
  const auto if_given = [](const std::string& text) {
    return text.empty() ? Value{} : Value{text};
  };
  return Value::object({{"LaunchTemplateId", if_given(settings.template_id)},
                        {"LaunchTemplateName", if_given(settings.template_name)},
                        {"Version", settings.template_version}});
}

Value member_row(const sim::GroupMember& one, const ZoneNames& zones) {
  return Value::object(
      {{"InstanceId", one.instance_id},
       {"InstanceType", one.type.text()},
       {"AvailabilityZone", zones.name(one.zone)},
       {"LifecycleState", one.is_waiting() ? "Terminating:Wait" : to_text(one.state)},
       {"HealthStatus", one.is_healthy ? "Healthy" : "Unhealthy"},
       {"ProtectedFromScaleIn", one.is_protected}});
}

Value group_row(const sim::ScalingGroup& group, const ZoneNames& zones) {
  const auto& settings = group.settings;
  Value::List zone_names;
  std::vector<std::string> subnets;
  for (const auto& zone : settings.zones) {
    zone_names.emplace_back(zones.name(zone));
    subnets.push_back(default_subnet(group.owner.account, zone));
  }
  Value::List members;
  for (const auto& one : group.members) {
    members.push_back(member_row(one, zones));
  }
  Value::List tags;
  for (const auto& [key, value] : group.tags) {
    tags.push_back(Value::object({{"ResourceId", group.name},
                                  {"ResourceType", "auto-scaling-group"},
                                  {"Key", key},
                                  {"Value", value},
                                  {"PropagateAtLaunch", group.passed_on.contains(key)}}));
  }
  return Value::object(
      {{"AutoScalingGroupName", group.name},
       {"AutoScalingGroupARN",
        fmt::format("arn:aws:autoscaling:{}:{}:autoScalingGroup:{}:autoScalingGroupName/{}",
                    group.owner.region, group.owner.account,
                    group.created_at.time_since_epoch().count(), group.name)},
       {"LaunchTemplate", template_row(settings)},
       {"MinSize", settings.least},
       {"MaxSize", settings.most},
       {"DesiredCapacity", settings.desired},
       {"DefaultCooldown",
        std::chrono::duration_cast<std::chrono::seconds>(settings.cooldown).count()},
       {"AvailabilityZones", zone_names},
       {"HealthCheckType", "EC2"},
       {"HealthCheckGracePeriod", 300},
       {"Instances", members},
       {"CreatedTime", group.created_at},
       {"VPCZoneIdentifier", fmt::format("{}", fmt::join(subnets, ","))},
       {"CapacityRebalance", settings.rebalances},
       {"Tags", tags}});
}

Value activity_row(const sim::ScalingActivity& activity) {
  const bool is_over = activity.ended_at != sim::kNever;
  return Value::object(
      {{"ActivityId", activity.id},
       {"AutoScalingGroupName", activity.group},
       {"Description", activity.description},
       {"Cause", activity.cause},
       {"StartTime", activity.began_at},
       {"EndTime", is_over ? Value{activity.ended_at} : Value{}},
       {"StatusCode", activity.status},
       {"StatusMessage", activity.message.empty() ? Value{} : Value{activity.message}},
       {"Progress", is_over ? 100 : 30},
       {"Details", "{}"}});
}

/// One page of rows below the name, and the token of the next.
Answered<Value> record_page(const World& world, const Call& call, const Value& asked,
                            const Value::List& all, std::string_view name) {
  const auto most = asked.has("MaxRecords") ? asked["MaxRecords"].integer() : kMostRecords;
  if (!most || *most < 1 || *most > kMostRecords) {
    return refuse(400, "ValidationError", "MaxRecords must be between 1 and {}", kMostRecords);
  }
  auto question = asked;
  question.set("NextToken", {});
  question.set("MaxRecords", {});
  const auto key = fmt::format("{} {}", call.region, question.to_json());
  Page page{.as_of = call.as_of};
  if (asked.has("NextToken")) {
    const auto read = read_token(world.seed(), key, asked["NextToken"].text());
    if (!read) {
      return refuse(400, "InvalidNextToken", "The NextToken value is not valid.");
    }
    page = *read;
  }
  page.count = static_cast<std::size_t>(*most);
  const auto end = page.end(all.size());
  auto answer = Value::object();
  answer.set(name, Value::List(all.begin() + static_cast<std::ptrdiff_t>(std::min(page.first, end)),
                               all.begin() + static_cast<std::ptrdiff_t>(end)));
  if (end < all.size()) {
    answer.set("NextToken", token_text(world.seed(), key, page.as_of, end));
  }
  return answer;
}

bool is_among(const Value& names, const std::string& name) {
  return names.list().empty() ||
         std::any_of(names.list().begin(), names.list().end(),
                     [&name](const Value& one) { return one.text() == name; });
}

}  // namespace

Answered<Value> create_auto_scaling_group(World& world, const Call& call, const Value& asked) {
  const auto name = asked["AutoScalingGroupName"].text();
  if (name.empty() || !asked.has("MinSize") || !asked.has("MaxSize")) {
    return refuse(400, "ValidationError",
                  "AutoScalingGroupName, MinSize and MaxSize must be given");
  }
  auto settings = read_group(world, call, asked, {});
  if (!settings) {
    return tl::unexpected(std::move(settings.error()));
  }
  auto tags = read_group_tags(asked);
  const auto made = world.groups().create(owner_of(call), name, *std::move(settings),
                                          std::move(tags.all), std::move(tags.passed_on));
  return made ? Answered<Value>{Value::object()} : refuse(made.error());
}

Answered<Value> update_auto_scaling_group(World& world, const Call& call, const Value& asked) {
  const auto group = find_group(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  auto settings = read_group(world, call, asked, (*group)->settings);
  if (!settings) {
    return tl::unexpected(std::move(settings.error()));
  }
  world.groups().update(**group, *std::move(settings));
  return Value::object();
}

Answered<Value> delete_auto_scaling_group(World& world, const Call& call, const Value& asked) {
  const auto group = find_group(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  const auto removed = world.groups().remove(**group, asked["ForceDelete"].flag());
  return removed ? Answered<Value>{Value::object()} : refuse(removed.error());
}

Answered<Value> describe_auto_scaling_groups(World& world, const Call& call, const Value& asked) {
  const ZoneNames zones{world, call};
  Value::List rows;
  for (const auto* group : world.groups().list(owner_of(call))) {
    if (is_among(asked["AutoScalingGroupNames"], group->name)) {
      rows.push_back(group_row(*group, zones));
    }
  }
  return record_page(world, call, asked, rows, "AutoScalingGroups");
}

Answered<Value> describe_auto_scaling_instances(World& world, const Call& call,
                                                const Value& asked) {
  const ZoneNames zones{world, call};
  Value::List rows;
  for (const auto* group : world.groups().list(owner_of(call))) {
    for (const auto& one : group->members) {
      if (is_among(asked["InstanceIds"], one.instance_id)) {
        auto row = member_row(one, zones);
        row.set("HealthStatus", one.is_healthy ? "HEALTHY" : "UNHEALTHY");
        row.set("AutoScalingGroupName", group->name);
        rows.push_back(std::move(row));
      }
    }
  }
  return record_page(world, call, asked, rows, "AutoScalingInstances");
}

Answered<Value> describe_scaling_activities(World& world, const Call& call, const Value& asked) {
  Value::List rows;
  for (const auto* group : world.groups().list(owner_of(call))) {
    if (asked.has("AutoScalingGroupName") && asked["AutoScalingGroupName"].text() != group->name) {
      continue;
    }
    for (const auto& activity : group->activities) {
      if (is_among(asked["ActivityIds"], activity.id)) {
        rows.push_back(activity_row(activity));
      }
    }
  }
  return record_page(world, call, asked, rows, "Activities");
}

Answered<Value> set_desired_capacity(World& world, const Call& call, const Value& asked) {
  const auto group = find_group(world, call, asked);
  if (!group) {
    return tl::unexpected(group.error());
  }
  const auto desired = asked["DesiredCapacity"].integer();
  if (!desired || *desired < 0 || *desired > 1'000'000) {
    return refuse(400, "ValidationError", "DesiredCapacity must be a number from 0 on");
  }
  const auto set = world.groups().set_desired(**group, static_cast<int>(*desired),
                                              asked["HonorCooldown"].flag());
  return set ? Answered<Value>{Value::object()} : refuse(set.error());
}

Answered<Value> terminate_instance_in_auto_scaling_group(World& world, const Call& call,
                                                         const Value& asked) {
  const auto id = asked["InstanceId"].text();
  const auto* holding = world.groups().group_of(id);
  auto* group = holding != nullptr ? world.groups().find(owner_of(call), holding->name) : nullptr;
  if (group == nullptr) {
    return refuse(400, "ValidationError",
                  "Instance Id not found - No managed instance found for instance ID {}", id);
  }
  const auto activity =
      world.groups().terminate(*group, id, asked["ShouldDecrementDesiredCapacity"].flag());
  return activity ? Answered<Value>{Value::object({{"Activity", activity_row(*activity)}})}
                  : refuse(activity.error());
}

}  // namespace spotvane::lab
