#include "guard/guard.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::guard {

/// An instance that its group ends may go once no task is on it. Until then the message is handed
/// out again: the queue remembers it, whatever becomes of this controller.
void Guard::let_go_once_empty(const GuardEvent& event, std::size_t cluster,
                              const On<void>& on_done) {
  if (rules_.is_dry_run) {
    return on_done(note_decision(event.instance_id, "hook", "would-continue", "{}"));
  }
  if (cluster == rules_.clusters.size()) {
    return let_go(event, "continued", on_done);
  }
  const auto& region = event.region.empty() ? rules_.region : event.region;
  ports_.containers.find_host(
      model::Region{region}, rules_.clusters[cluster], event.instance_id,
      [this, event, cluster, on_done](const Result<ContainerHostStatus>& host) {
        if (!host && host.error().kind != ErrorKind::NotFound) {
          return on_done(tl::unexpected(host.error()));
        }
        if (!host || host->arn.empty()) {
          return let_go_once_empty(event, cluster + 1, on_done);
        }
        const int tasks = host->running_tasks + host->pending_tasks;
        if (tasks == 0) {
          return let_go(event, "continued", on_done);
        }
        if (event.ends && ports_.clock.now() >= *event.ends) {
          return let_go(event, "continued-with-tasks", on_done);
        }
        on_done(fail(ErrorKind::Busy, "'{}' still has {} tasks", event.instance_id, tasks));
      });
}

void Guard::let_go(const GuardEvent& event, const std::string& outcome, const On<void>& on_done) {
  const auto& region = event.region.empty() ? rules_.region : event.region;
  ports_.groups.let_go(model::Region{region},
                       {.instance_id = event.instance_id,
                        .group = event.group,
                        .hook = event.hook,
                        .token = event.hook_token},
                       [this, event, outcome, on_done](const Result<void>& done) {
                         nlohmann::json inputs{{"group", event.group}, {"hook", event.hook}};
                         if (!done) {
                           inputs["error"] = done.error().message;
                           inputs["hint"] = done.error().hint;
                         }
                         auto kept = note_decision(
                             event.instance_id, "hook", done ? outcome : "failed",
                             inputs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
                         on_done(done ? kept : done);
                       });
}

}  // namespace spotvane::guard
