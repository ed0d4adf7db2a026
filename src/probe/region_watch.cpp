#include "probe/region_watch.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace spotvane::probe {

namespace {

/// Requests that are all fulfilled have little to say: they are looked at once in so many times.
constexpr int kSeldom = 5;

}  // namespace

/// One round of descriptions.
struct RegionWatch::Look {
  TimePoint asked;
  std::vector<std::string> probes;
  std::vector<model::Instance> instances = {};
  bool is_whole = true;  ///< everything that was asked was answered
};

/// The clock's time, but never an earlier one than before: a clock that is set back must not give
/// the instances more time.
TimePoint RegionWatch::now() {
  const auto told = ports_.clock.now() + shift_;
  if (told < latest_) {
    shift_ += latest_ - told;
    for (auto& [id, probe] : probes_) {
      probe.machine.note(latest_, "clock", fmt::format("went back by {}", to_text(latest_ - told)));
    }
    return latest_;
  }
  latest_ = told;
  return told;
}

void RegionWatch::add(WatchedProbe probe) {
  const auto id = probe.machine.plan().id;
  const auto added = probes_.emplace(id, std::move(probe)).first;
  step(added->second);
  look_soon();
}

void RegionWatch::look_soon() {
  if (!is_looking_) {
    is_looking_ = true;
    ports_.timers.after(options_.interval, alive([](RegionWatch& self) { self.look(); }));
  }
}

void RegionWatch::take(const model::ProbeId& probe,
                       const std::vector<model::ProbeResource>& resources) {
  if (auto* found = find(probe)) {
    found->machine.take(now(), resources);
    step(*found);
    look_soon();
  }
}

void RegionWatch::stop(model::ProbeOutcome outcome, const std::string& note) {
  for (auto& [id, probe] : probes_) {
    probe.machine.stop(now(), outcome, note);
    step(probe);
  }
}

bool RegionWatch::is_done() const {
  return std::all_of(probes_.begin(), probes_.end(), [](const auto& one) {
    return one.second.machine.phase() == ProbeMachine::Phase::Cleared;
  });
}

WatchedProbe* RegionWatch::find(const model::ProbeId& id) {
  const auto found = probes_.find(id);
  return found == probes_.end() ? nullptr : &found->second;
}

WatchedProbe* RegionWatch::owner(const std::vector<model::Tag>& tags) {
  return find(model::ProbeId{std::string{model::tag_value(tags, kProbeTag)}});
}

void RegionWatch::trouble(const model::ProbeId& id, const Error& error) {
  if (auto* probe = find(id)) {
    probe->machine.note(now(), "trouble", error.message);
  }
  if (options_.on_trouble) {
    options_.on_trouble(error);
  }
}

void RegionWatch::look() {
  auto look = std::make_shared<Look>(Look{.asked = now(), .probes = {}});
  bool is_request_due = looks_++ % kSeldom == 0;
  for (const auto& [id, probe] : probes_) {
    if (probe.machine.phase() != ProbeMachine::Phase::Cleared) {
      look->probes.push_back(id.text());
      is_request_due = is_request_due || probe.machine.has_open_requests() ||
                       probe.machine.phase() != ProbeMachine::Phase::Watching;
    }
  }
  if (look->probes.empty()) {
    is_looking_ = false;
    looked_.reset();
    return;
  }
  return is_request_due ? look_at_requests(look) : look_at_tagged(look);
}

void RegionWatch::look_at_requests(const SharedLook& look) {
  using Requests = std::vector<model::SpotRequest>;
  ports_.instances.describe_spot_requests(
      region_, {.tag_key = kProbeTag, .tag_values = look->probes},
      alive([look](RegionWatch& self, const Result<Requests>& requests) {
        std::map<const WatchedProbe*, std::vector<const model::SpotRequest*>> seen;
        if (requests) {
          for (const auto& request : *requests) {
            seen[self.owner(request.tags)].push_back(&request);
          }
        }
        for (const auto& id : look->probes) {
          auto* probe = self.find(model::ProbeId{id});
          if (requests) {
            probe->machine.saw_requests(look->asked, self.now(), seen[probe]);
          } else {
            self.trouble(model::ProbeId{id}, requests.error());
          }
        }
        look->is_whole = requests.has_value();
        self.look_at_tagged(look);
      }));
}

void RegionWatch::look_at_tagged(const SharedLook& look) {
  using Found = std::vector<model::Instance>;
  ports_.instances.describe_instances(region_, {.tag_key = kProbeTag, .tag_values = look->probes},
                                      alive([look](RegionWatch& self, Result<Found> found) {
                                        if (!found) {
                                          return self.give_up(look, found.error());
                                        }
                                        look->instances = std::move(*found);
                                        self.look_at_rest(look);
                                      }));
}

/// Those whose tags AWS does not show, or which have none: of spot requests.
void RegionWatch::look_at_rest(const SharedLook& look) {
  using Found = std::vector<model::Instance>;
  std::set<std::string> missing;
  for (const auto& id : look->probes) {
    const auto known = find(model::ProbeId{id})->machine.instance_ids();
    missing.insert(known.begin(), known.end());
  }
  for (const auto& instance : look->instances) {
    missing.erase(instance.id.text());
  }
  if (missing.empty()) {
    return show_instances(look);
  }
  ports_.instances.describe_instances(region_, {.ids = {missing.begin(), missing.end()}},
                                      alive([look](RegionWatch& self, Result<Found> found) {
                                        if (!found) {
                                          return self.give_up(look, found.error());
                                        }
                                        std::move(found->begin(), found->end(),
                                                  std::back_inserter(look->instances));
                                        self.show_instances(look);
                                      }));
}

void RegionWatch::show_instances(const SharedLook& look) {
  std::map<model::InstanceId, WatchedProbe*> owners;
  for (const auto& id : look->probes) {
    auto* probe = find(model::ProbeId{id});
    for (const auto& instance : probe->machine.instance_ids()) {
      owners.emplace(model::InstanceId{instance}, probe);
    }
  }
  std::map<const WatchedProbe*, std::vector<const model::Instance*>> seen;
  for (const auto& instance : look->instances) {
    const auto known = owners.find(instance.id);
    seen[known != owners.end() ? known->second : owner(instance.tags)].push_back(&instance);
  }
  for (const auto& id : look->probes) {
    auto* probe = find(model::ProbeId{id});
    probe->machine.saw_instances(look->asked, now(), seen[probe]);
  }
  look_at_checks(look);
}

void RegionWatch::look_at_checks(const SharedLook& look) {
  std::map<model::InstanceId, model::ProbeId> asked;
  for (const auto& id : look->probes) {
    for (const auto& instance : find(model::ProbeId{id})->machine.to_check()) {
      asked.emplace(instance, model::ProbeId{id});
    }
  }
  if (asked.empty()) {
    return end_look(look);
  }
  std::vector<model::InstanceId> instances;
  for (const auto& [instance, id] : asked) {
    instances.push_back(instance);
  }
  using Checks = std::vector<model::InstanceChecks>;
  ports_.instances.describe_instance_status(
      region_, std::move(instances),
      alive([look, asked = std::move(asked)](RegionWatch& self, const Result<Checks>& checks) {
        if (!checks) {
          return self.give_up(look, checks.error());
        }
        const auto now = self.now();
        for (const auto& one : *checks) {
          const auto known = asked.find(one.id);
          if (auto* probe = known == asked.end() ? nullptr : self.find(known->second)) {
            probe->machine.saw_checks(now, one);
          }
        }
        self.end_look(look);
      }));
}

/// What could not be seen this time may be at the next.
void RegionWatch::give_up(const SharedLook& look, const Error& error) {
  look->is_whole = false;
  for (const auto& id : look->probes) {
    trouble(model::ProbeId{id}, error);
  }
  end_look(look);
}

/// What was to be seen meanwhile is seen late: the record says so where it may matter, which is
/// where something became ready that the look before could not see yet, or where much was missed.
void RegionWatch::note_late_look(const Look& look) {
  const auto seen = now();
  const auto unseen = looked_ ? seen - *looked_ : Duration{0};
  for (auto& [id, probe] : probes_) {
    const bool is_late =
        (look.is_whole && unseen > 2 * options_.interval) ||
        (unseen > options_.interval * 5 / 4 && probe.machine.ready() > probe.ready_noted);
    probe.ready_noted = probe.machine.ready();
    if (is_late && probe.machine.is_measuring()) {
      probe.machine.note(seen, "late-look",
                         fmt::format("{} after the begin of the one before", to_text(unseen)));
    }
  }
  looked_ = look.is_whole ? look.asked : looked_;
}

void RegionWatch::end_look(const SharedLook& look) {
  note_late_look(*look);
  for (const auto& id : look->probes) {
    step(model::ProbeId{id});
  }
  const auto taken = now() - look->asked;
  ports_.timers.after(std::max(options_.interval - taken, Duration{1}),
                      alive([](RegionWatch& self) { self.look(); }));
  if (options_.on_change) {
    options_.on_change();
  }
}

}  // namespace spotvane::probe
