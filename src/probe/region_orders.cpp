// How a region's watch carries out what its probes decide.

#include "probe/limits.hpp"
#include "probe/region_watch.hpp"

#include <utility>

namespace spotvane::probe {

namespace {

std::vector<model::Tag> tags_of(const model::ProbePlan& plan) {
  const auto until = plan.intended + plan.timeout + kEndAllowance;
  return {{kProbeTag, plan.id.text()},
          {kUntilTag, to_iso8601(TimePoint{std::chrono::ceil<std::chrono::seconds>(until)})}};
}

}  // namespace

model::LaunchOrder launch_order(const ProbeMachine& machine) {
  const auto& plan = machine.plan();
  return {.region = plan.pool.region,
          .type = plan.pool.type,
          .zone = plan.zone_name,
          .image = plan.image,
          .count = plan.count,
          .token = plan.id.text(),
          .tags = tags_of(plan),
          .max_price = plan.max_price,
          .valid_until = machine.requested().value_or(plan.intended) + plan.timeout};
}

void RegionWatch::step(const model::ProbeId& id) {
  if (auto* probe = find(id)) {
    step(*probe);
  }
}

void RegionWatch::step(WatchedProbe& probe) {
  auto& machine = probe.machine;
  const auto orders = machine.decide(now());
  const bool must_be_kept = probe.is_in_ledger && !orders.news.empty();
  const auto kept = must_be_kept ? ports_.ledger.add(orders.news) : Result<void>{};
  if (!kept) {
    if (options_.on_trouble) {
      options_.on_trouble(kept.error());
    }
    // Nothing more is launched that could not be recorded; what there is is ended all the same.
    probe.is_in_ledger = false;
    machine.stop(now(), model::ProbeOutcome::Stopped, kept.error().message);
    if (orders.launch || orders.make_template) {
      machine.launch_failed(now(), kept.error());
    }
    return step(probe);
  }
  const auto id = machine.plan().id;
  if (orders.make_template) {
    make_template(probe);
  }
  if (orders.launch) {
    launch(probe);
  }
  if (!orders.tag.empty()) {
    tag(probe, orders.tag);
  }
  if (!orders.cancel.empty()) {
    cancel(id, orders.cancel);
  }
  if (!orders.terminate.empty()) {
    terminate(id, orders.terminate);
  }
  end_rest(id, orders);
}

void RegionWatch::make_template(const WatchedProbe& probe) {
  ports_.instances.create_launch_template(
      launch_order(probe.machine),
      alive([id = probe.machine.plan().id](RegionWatch& self,
                                           const Result<model::LaunchTemplate>& made) {
        if (!made) {
          return self.hear_launch(id, tl::unexpected(made.error()));
        }
        if (auto* found = self.find(id)) {
          found->machine.template_made(self.now(), *made);
          self.step(*found);
        }
      }));
}

void RegionWatch::launch(const WatchedProbe& probe) {
  const auto id = probe.machine.plan().id;
  auto order = launch_order(probe.machine);
  switch (probe.machine.plan().via) {
    case model::LaunchMethod::SpotRequest:
      return ports_.instances.request_spot_instances(
          std::move(order),
          alive([id](RegionWatch& self, Result<std::vector<model::SpotRequest>> answer) {
            self.hear_launch(id, std::move(answer).map([](std::vector<model::SpotRequest>&& all) {
              return Launched{.requests = std::move(all)};
            }));
          }));
    case model::LaunchMethod::RunInstances:
      return ports_.instances.run_instances(
          std::move(order),
          alive([id](RegionWatch& self, Result<std::vector<model::Instance>> answer) {
            self.hear_launch(id, std::move(answer).map([](std::vector<model::Instance>&& all) {
              return Launched{.instances = std::move(all)};
            }));
          }));
    case model::LaunchMethod::CreateFleet:
      return ports_.instances.create_fleet(
          std::move(order), probe.machine.launch_template(),
          alive([id](RegionWatch& self, Result<model::Fleet> answer) {
            self.hear_launch(id, std::move(answer).map([](model::Fleet&& fleet) {
              return Launched{.fleet = std::move(fleet)};
            }));
          }));
  }
}

void RegionWatch::hear_launch(const model::ProbeId& id, Result<Launched> launched) {
  auto* probe = find(id);
  if (probe == nullptr) {
    return;
  }
  if (launched) {
    probe->machine.launched(now(), *launched);
  } else {
    probe->machine.launch_failed(now(), launched.error());
    if (options_.on_trouble) {
      options_.on_trouble(launched.error());
    }
  }
  step(*probe);
  if (options_.on_change) {
    options_.on_change();
  }
}

void RegionWatch::cancel(const model::ProbeId& id,
                         const std::vector<model::SpotRequestId>& requests) {
  ports_.instances.cancel_spot_requests(
      region_, requests, alive([id, requests](RegionWatch& self, const Result<void>& done) {
        const bool is_unknown = !done && done.error().kind == ErrorKind::NotFound;
        if (is_unknown && requests.size() > 1) {
          for (const auto& one : requests) {
            self.cancel(id, {one});  // one of them spoiled it for all
          }
          return;
        }
        auto* probe = self.find(id);
        if (probe != nullptr && (done || is_unknown)) {
          probe->machine.cancelled(self.now(), requests);
        } else if (!done) {
          self.trouble(id, done.error());
        }
      }));
}

void RegionWatch::terminate(const model::ProbeId& id,
                            const std::vector<model::InstanceId>& instances) {
  ports_.instances.terminate_instances(
      region_, instances, alive([id, instances](RegionWatch& self, const Result<void>& done) {
        const bool is_unknown = !done && done.error().kind == ErrorKind::NotFound;
        if (is_unknown && instances.size() > 1) {
          for (const auto& one : instances) {
            self.terminate(id, {one});
          }
        } else if (!done && !is_unknown) {
          self.trouble(id, done.error());
        }
      }));
}

void RegionWatch::end_rest(const model::ProbeId& id, const Orders& orders) {
  // What AWS does not know (any more) is deleted; and nothing can come of an instant fleet whose
  // instances are ended, though it may refuse to be deleted then.
  const auto hear = [this, id](const auto& what) {
    return alive([id, what](RegionWatch& self, const Result<void>& done) {
      auto* probe = self.find(id);
      const bool is_gone = done || done.error().kind == ErrorKind::NotFound ||
                           done.error().kind == ErrorKind::InvalidInput;
      if (probe != nullptr && is_gone) {
        probe->machine.deleted(self.now(), what);
      } else if (!done) {
        self.trouble(id, done.error());
      }
    });
  };
  for (const auto& fleet : orders.delete_fleets) {
    ports_.instances.delete_fleets(region_, {fleet}, hear(fleet));
  }
  for (const auto& one : orders.delete_templates) {
    ports_.instances.delete_launch_template(region_, one, hear(one));
  }
}

void RegionWatch::tag(const WatchedProbe& probe, const std::vector<model::InstanceId>& instances) {
  std::vector<std::string> ids;
  ids.reserve(instances.size());
  for (const auto& one : instances) {
    ids.push_back(one.text());
  }
  const auto id = probe.machine.plan().id;
  ports_.instances.create_tags(region_, std::move(ids), tags_of(probe.machine.plan()),
                               alive([id](RegionWatch& self, const Result<void>& done) {
                                 if (!done) {
                                   self.trouble(id, done.error());
                                 }
                               }));
}

}  // namespace spotvane::probe
