#include "cli/scene_report.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace spotvane::cli {

namespace {

double seconds_between(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

/// "0.4 to 1.2 s after the notice".
std::string span_text(const std::vector<TimePoint>& times, TimePoint notice) {
  const auto [first, last] = std::minmax_element(times.begin(), times.end());
  return fmt::format("{:.1f} to {:.1f} s after the notice", seconds_between(notice, *first),
                     seconds_between(notice, *last));
}

TimePoint latest_of(const std::vector<TimePoint>& times) {
  return *std::max_element(times.begin(), times.end());
}

void tell_hosts(const lab::World& world, SceneReport& report) {
  std::vector<TimePoint> drained;
  std::vector<TimePoint> empty;
  std::vector<TimePoint> gone;
  for (const auto& host : world.clusters().hosts()) {
    if (world.instances().find_any(host.instance_id)->notice_at != report.notice) {
      continue;
    }
    report.drained_twice += host.drain_orders > 1 ? 1 : 0;
    report.lost_with_hosts += host.tasks_lost;
    for (const auto& [at, list] :
         {std::pair{host.drained_at, &drained}, std::pair{host.empty_at, &empty},
          std::pair{host.gone_at, &gone}}) {
      if (at != sim::kNever) {
        list->push_back(at);
      }
    }
  }
  const auto tell = [&](const std::vector<TimePoint>& times, const std::string& what) {
    if (!times.empty()) {
      report.timeline.push_back(
          {latest_of(times),
           fmt::format("{} hosts {}, {}", times.size(), what, span_text(times, report.notice))});
    }
  };
  tell(drained, "are draining");
  tell(empty, "have no task of a service left");
  tell(gone, fmt::format("are taken by AWS, with {} tasks on them", report.lost_with_hosts));
  std::sort(drained.begin(), drained.end());
  for (const auto& at : drained) {
    report.until_draining.push_back(at - report.notice);
  }
}

/// The group's changes since the notice: of those at one moment, as of dozens of hosts, the sum.
std::vector<sim::DesiredChange> changes_since(TimePoint notice, const sim::ScalingGroup& group) {
  std::vector<sim::DesiredChange> changes;
  for (const auto& change : group.changes) {
    if (!changes.empty() && changes.back().at == change.at) {
      changes.back().after = change.after;
    } else if (change.at >= notice) {
      changes.push_back(change);
    }
  }
  return changes;
}

void tell_capacity(const lab::World& world, const std::string& name, SceneReport& report) {
  const auto& groups = world.groups().groups();
  const auto group =
      std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.name == name; });
  SPOTVANE_ASSERT(group != groups.end());
  for (const auto& change : changes_since(report.notice, *group)) {
    report.timeline.push_back(
        {change.at, fmt::format("the controller sets the group '{}' from {} servers to {}", name,
                                change.before, change.after)});
    report.until_capacity = report.until_capacity.value_or(change.at - report.notice);
  }
  std::map<bool, std::vector<TimePoint>> joined;
  for (const auto& host : world.clusters().hosts()) {
    if (host.registered_at >= report.notice) {
      joined[world.instances().find_any(host.instance_id)->is_spot].push_back(host.registered_at);
    }
  }
  for (const auto& [is_spot, times] : joined) {
    report.timeline.push_back(
        {latest_of(times),
         fmt::format("{} new {} hosts have joined, {}", times.size(),
                     is_spot ? "spot" : "on-demand", span_text(times, report.notice))});
  }
}

void tell_services(const lab::World& world, SceneReport& report) {
  for (const auto& one : world.clusters().services()) {
    const auto still =
        one.below_since == sim::kNever ? Duration{0} : world.instances().now() - one.below_since;
    report.services.push_back(
        {.name = one.name,
         .desired = one.desired,
         .minimum = one.minimum(),
         .fewest_running = one.fewest_running,
         .below_minimum_s = seconds_between({}, TimePoint{one.below_minimum + still}),
         .tasks_lost = one.tasks_lost});
  }
}

}  // namespace

int hosts_that_take_tasks(const lab::World& world, bool spot) {
  const auto& hosts = world.clusters().hosts();
  return static_cast<int>(std::count_if(hosts.begin(), hosts.end(), [&](const auto& host) {
    const auto* instance = world.instances().find_any(host.instance_id);
    return host.status == sim::HostStatus::Active && instance != nullptr &&
           instance->is_spot == spot;
  }));
}

bool is_steady(const lab::World& world) {
  const auto& all = world.clusters().services();
  return std::all_of(all.begin(), all.end(),
                     [](const auto& one) { return one.running == one.desired; });
}

SceneMoment moment_of(const lab::World& world) {
  SceneMoment moment{.at = world.instances().now(),
                     .spot_hosts = hosts_that_take_tasks(world, true),
                     .draining = 0,
                     .on_demand_hosts = hosts_that_take_tasks(world, false),
                     .running = {}};
  for (const auto& host : world.clusters().hosts()) {
    moment.draining += host.status == sim::HostStatus::Draining ? 1 : 0;
  }
  for (const auto& service : world.clusters().services()) {
    moment.running.push_back(service.running);
  }
  return moment;
}

void tell_scene(const lab::World& world, const std::string& group,
                const std::vector<TimePoint>& seen, SceneReport& report) {
  if (!seen.empty()) {
    report.timeline.push_back(
        {latest_of(seen),
         fmt::format("{} agents have seen it, {}", seen.size(), span_text(seen, report.notice))});
  }
  tell_hosts(world, report);
  tell_capacity(world, group, report);
  tell_services(world, report);
}

}  // namespace spotvane::cli
