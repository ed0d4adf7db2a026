#include "probe/recovery.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace spotvane::probe {

namespace {

using Kind = model::ProbeResource::Kind;

/// Between two tries to look through a region.
constexpr Duration kRetry = std::chrono::seconds{10};
constexpr int kTries = 60;

/// A request that was over for longer leads to no instance any more.
constexpr Duration kLateFulfilment = std::chrono::minutes{10};

bool may_cost(const model::Instance& instance) {
  return instance.state != model::InstanceState::Terminated;
}

}  // namespace

/// What was seen of a region so far.
struct Recovery::Region {
  model::Region name;
  int looks_left = 1;
  int tries_left = kTries;
  std::vector<model::SpotRequest> requests = {};
  std::vector<model::Instance> instances = {};
  std::vector<model::LaunchTemplate> templates = {};
  std::vector<model::Fleet> fleets = {};
};

Result<void> Recovery::take_from_ledger() {
  const auto now = ports_.clock.now();
  const auto records = ports_.ledger.uncleared();
  const auto recent = ports_.ledger.probes(now - std::chrono::days{1}, now + std::chrono::days{1});
  if (!records || !recent) {
    return tl::unexpected(!records ? records.error() : recent.error());
  }
  for (const auto& record : *recent) {
    if (record.cleared) {
      cleared_.insert(record.plan.id);
    }
  }
  for (const auto& record : *records) {
    auto resources = ports_.ledger.resources(record.plan.id);
    if (!resources) {
      return tl::unexpected(std::move(resources.error()));
    }
    if (!run_.knows(record.plan.id)) {
      summary_.probes.push_back(record.plan.id);
      run_.clean({.record = record, .resources = std::move(*resources)});
    }
  }
  return {};
}

void Recovery::look_through(std::function<void(Result<void>)> on_done) {
  on_done_ = std::move(on_done);
  find_regions(kTries);
}

void Recovery::find_regions(int tries_left) {
  ec2_.describe_regions([self = shared_from_this(),
                         tries_left](Result<std::vector<model::RegionStatus>> regions) {
    if (!regions && may_pass(regions.error()) && tries_left > 1) {
      return self->ports_.timers.after(kRetry,
                                       [self, tries_left] { self->find_regions(tries_left - 1); });
    }
    if (!regions) {
      return self->on_done_(tl::unexpected(std::move(regions.error())));
    }
    std::erase_if(*regions, [](const auto& one) { return !one.is_enabled; });
    self->regions_left_ = regions->size();
    self->summary_.regions = regions->size();
    if (regions->empty()) {
      return self->on_done_({});
    }
    for (const auto& one : *regions) {
      self->look(
          std::make_shared<Region>(Region{.name = one.region, .looks_left = self->options_.looks}));
    }
  });
}

void Recovery::look(const SharedRegion& region) {
  ports_.instances.describe_spot_requests(
      region->name, {.tag_key = kProbeTag},
      [self = shared_from_this(), region](Result<std::vector<model::SpotRequest>> found) {
        if (!found) {
          return self->give_up(region, found.error());
        }
        region->requests = std::move(*found);
        self->look_at_instances(region);
      });
}

void Recovery::look_at_instances(const SharedRegion& region) {
  ports_.instances.describe_instances(
      region->name, {.tag_key = kProbeTag},
      [self = shared_from_this(), region](Result<std::vector<model::Instance>> found) {
        if (!found) {
          return self->give_up(region, found.error());
        }
        region->instances = std::move(*found);
        self->look_at_instances_of_requests(region);
      });
}

/// A spot request's tags are not its instance's.
void Recovery::look_at_instances_of_requests(const SharedRegion& region) {
  std::map<model::InstanceId, std::vector<model::Tag>> tags;
  for (const auto& request : region->requests) {
    if (!request.instance.empty()) {
      tags.emplace(request.instance, request.tags);
    }
  }
  for (const auto& instance : region->instances) {
    tags.erase(instance.id);
  }
  if (tags.empty()) {
    return look_at_templates(region);
  }
  std::vector<std::string> ids;
  ids.reserve(tags.size());
  for (const auto& [id, ignored] : tags) {
    ids.push_back(id.text());
  }
  ports_.instances.describe_instances(
      region->name, {.ids = std::move(ids)},
      [self = shared_from_this(), region,
       tags = std::move(tags)](Result<std::vector<model::Instance>> found) {
        if (!found) {
          return self->give_up(region, found.error());
        }
        for (auto& instance : *found) {
          if (const auto known = tags.find(instance.id); known != tags.end()) {
            instance.tags = known->second;
            region->instances.push_back(std::move(instance));
          }
        }
        self->look_at_templates(region);
      });
}

void Recovery::look_at_templates(const SharedRegion& region) {
  ports_.instances.describe_launch_templates(
      region->name, {.tag_key = kProbeTag},
      [self = shared_from_this(), region](Result<std::vector<model::LaunchTemplate>> found) {
        if (!found) {
          return self->give_up(region, found.error());
        }
        region->templates = std::move(*found);
        self->look_at_fleets(region);
      });
}

void Recovery::look_at_fleets(const SharedRegion& region) {
  ports_.instances.describe_fleets(
      region->name, {.tag_key = kProbeTag},
      [self = shared_from_this(), region](Result<std::vector<model::Fleet>> found) {
        if (!found) {
          return self->give_up(region, found.error());
        }
        region->fleets = std::move(*found);
        self->take(region);
      });
}

/// What carries the tag of one probe.
struct Recovery::Found {
  std::vector<model::ProbeResource> resources = {};
  std::optional<TimePoint> until = {};
  model::InstanceType type = {};
};

std::map<model::ProbeId, Recovery::Found> Recovery::sort_by_probe(const Region& region) const {
  const auto now = ports_.clock.now();
  std::map<model::ProbeId, Found> probes;
  const auto add = [&](const std::vector<model::Tag>& tags, Kind kind, std::string id,
                       const model::InstanceType& type) {
    auto& probe = probes[model::ProbeId{std::string{model::tag_value(tags, kProbeTag)}}];
    probe.resources.push_back({kind, std::move(id)});
    probe.type = type.empty() ? probe.type : type;
    if (const auto until = parse_time(model::tag_value(tags, kUntilTag))) {
      probe.until = *until;
    }
  };
  for (const auto& one : region.requests) {
    const bool is_recent = !one.updated || now - *one.updated < kLateFulfilment;
    const model::ProbeId id{std::string{model::tag_value(one.tags, kProbeTag)}};
    if (!model::is_over(one.state) || (is_recent && !cleared_.contains(id))) {
      add(one.tags, Kind::SpotRequest, one.id.text(), one.type);
    }
  }
  for (const auto& one : region.instances) {
    if (may_cost(one)) {
      add(one.tags, Kind::Instance, one.id.text(), one.type);
    }
  }
  for (const auto& one : region.templates) {
    add(one.tags, Kind::LaunchTemplate, one.id.text(), {});
  }
  for (const auto& one : region.fleets) {
    if (!one.is_deleted) {
      add(one.tags, Kind::Fleet, one.id.text(), {});
    }
  }
  return probes;
}

void Recovery::take(const SharedRegion& region) {
  const auto now = ports_.clock.now();
  for (auto& [id, found] : sort_by_probe(*region)) {
    const bool is_known = run_.knows(id);
    if (!is_known && options_.spares_living && found.until && now < *found.until) {
      summary_.spared.insert(id.text());
      continue;
    }
    model::ProbeRecord record;
    record.plan.id = id;
    record.plan.pool = {found.type, region->name, {}};
    record.plan.intended = now;
    if (!is_known) {
      summary_.probes.push_back(id);
    }
    run_.clean({std::move(record), found.resources, is_known});
  }
  if (--region->looks_left == 0) {
    return end(region);
  }
  ports_.timers.after(options_.settle, [self = shared_from_this(), region] { self->look(region); });
}

void Recovery::give_up(const SharedRegion& region, const Error& error) {
  if (may_pass(error) && --region->tries_left > 0) {
    return ports_.timers.after(kRetry, [self = shared_from_this(), region] { self->look(region); });
  }
  summary_.unseen.emplace(region->name, error);
  end(region);
}

void Recovery::end(const SharedRegion& /*region*/) {
  if (--regions_left_ == 0) {
    on_done_({});
  }
}

}  // namespace spotvane::probe
