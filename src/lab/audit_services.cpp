#include "lab/audit_services.hpp"

#include "lab/value.hpp"

namespace spotvane::lab {

namespace {

/// As the rest of the audit writes times; none for never.
Value moment(TimePoint time) {
  return time == sim::kNever ? Value{} : Value{to_iso8601(time)};
}

double seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

std::string_view to_text(sim::HostStatus status) {
  return status == sim::HostStatus::Active     ? "ACTIVE"
         : status == sim::HostStatus::Draining ? "DRAINING"
                                               : "INACTIVE";
}

Value host_report(const World& world, const sim::ClusterHost& host) {
  const auto* instance = world.instances().find_any(host.instance_id);
  return Value::object({{"id", host.id},
                        {"account", host.owner.account},
                        {"region", host.owner.region.text()},
                        {"cluster", host.cluster},
                        {"instance", host.instance_id},
                        {"spot", instance != nullptr && instance->is_spot},
                        {"status", to_text(host.status)},
                        {"registered", moment(host.registered_at)},
                        {"notice", instance != nullptr ? moment(instance->notice_at) : Value{}},
                        {"drained", moment(host.drained_at)},
                        {"drain_orders", host.drain_orders},
                        {"empty", moment(host.empty_at)},
                        {"gone", moment(host.gone_at)},
                        {"tasks", host.load.running + host.load.pending},
                        {"tasks_lost", host.tasks_lost}});
}

Value service_report(const World& world, const sim::ClusterService& service) {
  const auto still = service.below_since == sim::kNever
                         ? Duration::zero()
                         : world.instances().now() - service.below_since;
  return Value::object({{"name", service.name},
                        {"account", service.owner.account},
                        {"region", service.owner.region.text()},
                        {"cluster", service.cluster},
                        {"desired", service.desired},
                        {"minimum", service.minimum()},
                        {"running", service.running},
                        {"pending", service.pending},
                        {"steady", service.was_steady},
                        {"fewest_running", service.fewest_running},
                        {"below_minimum_s", seconds(service.below_minimum + still)},
                        {"tasks_started", service.tasks_started},
                        {"tasks_stopped", service.tasks_stopped},
                        {"tasks_lost", service.tasks_lost}});
}

Value task_report(const World& world, const sim::ClusterTask& task) {
  return Value::object({{"id", task.id},
                        {"cluster", task.cluster},
                        {"service", task.service},
                        {"definition", task.definition},
                        {"instance", world.clusters().hosts()[task.host].instance_id},
                        {"created", moment(task.created_at)},
                        {"running", moment(task.running_at)},
                        {"stopping", moment(task.stopping_at)},
                        {"stopped", moment(task.stopped_at)},
                        {"killed", task.was_killed},
                        {"lost", task.was_lost},
                        {"reason", task.reason}});
}

}  // namespace

std::string audit_clusters(const World& world) {
  Value::List hosts;
  for (const auto& host : world.clusters().hosts()) {
    hosts.push_back(host_report(world, host));
  }
  Value::List services;
  for (const auto& service : world.clusters().services()) {
    services.push_back(service_report(world, service));
  }
  Value::List tasks;
  for (const auto& task : world.clusters().tasks()) {
    tasks.push_back(task_report(world, task));
  }
  return Value::object({{"time", to_iso8601(world.instances().now())},
                        {"hosts", hosts},
                        {"services", services},
                        {"tasks", tasks}})
      .to_json();
}

std::string audit_groups(const World& world) {
  Value::List rows;
  for (const auto& group : world.groups().groups()) {
    Value::List changes;
    for (const auto& change : group.changes) {
      changes.push_back(Value::object({{"at", moment(change.at)},
                                       {"from", change.before},
                                       {"to", change.after},
                                       {"why", change.why}}));
    }
    rows.push_back(Value::object({{"name", group.name},
                                  {"account", group.owner.account},
                                  {"region", group.owner.region.text()},
                                  {"deleted", group.is_deleted},
                                  {"min", group.settings.least},
                                  {"max", group.settings.most},
                                  {"desired", group.settings.desired},
                                  {"live", group.live()},
                                  {"changes", changes}}));
  }
  return Value::object({{"time", to_iso8601(world.instances().now())}, {"groups", rows}}).to_json();
}

std::string audit_fleets(const World& world) {
  Value::List rows;
  for (const auto& fleet : world.spot_fleets().fleets()) {
    Value::List instances;
    for (const auto& one : fleet.members) {
      instances.emplace_back(one.instance_id);
    }
    Value::List history;
    for (const auto& event : fleet.history) {
      history.push_back(Value::object({{"at", moment(event.at)},
                                       {"kind", event.kind},
                                       {"what", event.what},
                                       {"instance", event.instance_id}}));
    }
    rows.push_back(Value::object({{"id", fleet.id},
                                  {"account", fleet.order.owner.account},
                                  {"region", fleet.order.owner.region.text()},
                                  {"state", sim::state_text(fleet)},
                                  {"target", fleet.target()},
                                  {"fulfilled", fleet.fulfilled()},
                                  {"instances", instances},
                                  {"history", history}}));
  }
  return Value::object({{"time", to_iso8601(world.instances().now())}, {"fleets", rows}}).to_json();
}

std::string audit_subscriptions(const World& world) {
  Value::List rows;
  for (const auto& one : world.topics().subscriptions()) {
    rows.push_back(Value::object({{"topic", one.topic},
                                  {"protocol", one.protocol},
                                  {"endpoint", one.endpoint},
                                  {"confirmed", one.is_confirmed},
                                  {"delivered", one.delivered},
                                  {"failed", one.failed}}));
  }
  return Value::object({{"time", to_iso8601(world.instances().now())}, {"subscriptions", rows}})
      .to_json();
}

std::string audit_queues(const World& world) {
  Value::List rows;
  for (const auto* queue : world.queues().every()) {
    const auto& counts = queue->counts();
    const auto sizes = queue->sizes(world.instances().now());
    rows.push_back(Value::object({{"name", queue->name()},
                                  {"account", queue->owner().account},
                                  {"region", queue->owner().region.text()},
                                  {"sent", counts.sent},
                                  {"received", counts.received},
                                  {"deleted", counts.deleted},
                                  {"expired", counts.expired},
                                  {"set_aside", counts.set_aside},
                                  {"visible", sizes.visible},
                                  {"hidden", sizes.hidden},
                                  {"delayed", sizes.delayed}}));
  }
  return Value::object({{"time", to_iso8601(world.instances().now())}, {"queues", rows}}).to_json();
}

}  // namespace spotvane::lab
