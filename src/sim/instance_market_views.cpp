#include "sim/instance_market_impl.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

/// How long EC2 still shows what is over.
constexpr Duration kInstancesKept = std::chrono::hours{1};
constexpr Duration kRequestsKept = std::chrono::hours{4};
constexpr Duration kFleetsKept = std::chrono::minutes{15};

bool is_visible(const Instance& instance, TimePoint as_of) {
  return instance.visible_at <= as_of &&
         (instance.terminated_at == kNever || as_of - kInstancesKept < instance.terminated_at);
}

bool is_over(const SpotRequest& request, const RequestStatus& last) {
  return last.state != RequestState::Open && last.state != RequestState::Active &&
         last.code != "request-canceled-and-instance-running" && !request.holds_capacity;
}

bool is_visible(const SpotRequest& request, TimePoint as_of) {
  const auto& last = request.history.back();
  return request.visible_at <= as_of &&
         (!is_over(request, last) || as_of - kRequestsKept < last.at);
}

bool is_visible(const Fleet& fleet, TimePoint as_of) {
  return fleet.visible_at <= as_of &&
         (fleet.deleted_at == kNever || as_of - kFleetsKept < fleet.deleted_at);
}

template <typename Things>
auto visible(const Things& things, const std::vector<std::uint32_t>& held, TimePoint as_of) {
  std::vector<typename Things::const_pointer> found;
  for (const auto index : held) {
    if (is_visible(things[index], as_of)) {
      found.push_back(&things[index]);
    }
  }
  return found;
}

template <typename Things, typename Index>
auto look_up(const Things& things, const Index& index, const Owner& owner, const std::string& id,
             TimePoint as_of) {
  const auto found = index.find(id);
  typename Things::const_pointer none = nullptr;
  if (found == index.end()) {
    return none;
  }
  const auto& thing = things[found->second];
  return thing.owner == owner && is_visible(thing, as_of) ? &thing : none;
}

}  // namespace

std::vector<const Instance*> InstanceMarket::instances(const Owner& owner, TimePoint as_of) const {
  const auto held = impl_->holdings.find(owner);
  return held == impl_->holdings.end() ? std::vector<const Instance*>{}
                                       : visible(impl_->instances, held->second.instances, as_of);
}

std::vector<const SpotRequest*> InstanceMarket::spot_requests(const Owner& owner,
                                                              TimePoint as_of) const {
  const auto held = impl_->holdings.find(owner);
  return held == impl_->holdings.end() ? std::vector<const SpotRequest*>{}
                                       : visible(impl_->requests, held->second.requests, as_of);
}

std::vector<const Fleet*> InstanceMarket::fleets(const Owner& owner, TimePoint as_of) const {
  const auto held = impl_->holdings.find(owner);
  return held == impl_->holdings.end() ? std::vector<const Fleet*>{}
                                       : visible(impl_->fleets, held->second.fleets, as_of);
}

const Instance* InstanceMarket::find_instance(const Owner& owner, const std::string& id,
                                              TimePoint as_of) const {
  return look_up(impl_->instances, impl_->instance_index, owner, id, as_of);
}

const Instance* InstanceMarket::find_any(const std::string& id) const {
  const auto found = impl_->instance_index.find(id);
  return found == impl_->instance_index.end() ? nullptr : &impl_->instances[found->second];
}

const SpotRequest* InstanceMarket::find_request(const Owner& owner, const std::string& id,
                                                TimePoint as_of) const {
  return look_up(impl_->requests, impl_->request_index, owner, id, as_of);
}

const Fleet* InstanceMarket::find_fleet(const Owner& owner, const std::string& id,
                                        TimePoint as_of) const {
  for (const auto* fleet : fleets(owner, as_of)) {
    if (fleet->id == id) {
      return fleet;
    }
  }
  return nullptr;
}

Granted<std::vector<Tags*>> InstanceMarket::Impl::tags_of(const InstanceMarket& self,
                                                          const Owner& owner,
                                                          std::span<const std::string> ids) {
  std::vector<Tags*> found;
  for (const auto& id : ids) {
    const auto missing = [&id](std::string_view code, std::string_view what) {
      return tl::unexpected(
          MarketRefusal{std::string{code}, fmt::format("The {} ID '{}' does not exist", what, id)});
    };
    if (id.starts_with("i-")) {
      if (self.find_instance(owner, id, now) == nullptr) {
        return missing("InvalidInstanceID.NotFound", "instance");
      }
      found.push_back(&instances[instance_index.at(id)].tags);
    } else if (id.starts_with("sir-")) {
      if (self.find_request(owner, id, now) == nullptr) {
        return missing("InvalidSpotInstanceRequestID.NotFound", "spot instance request");
      }
      found.push_back(&requests[request_index.at(id)].tags);
    } else if (id.starts_with("fleet-")) {
      const auto* fleet = self.find_fleet(owner, id, now);
      if (fleet == nullptr) {
        return missing("InvalidFleetId.NotFound", "fleet");
      }
      found.push_back(&std::find_if(fleets.begin(), fleets.end(), [&](auto& one) {
                         return &one == fleet;
                       })->tags);
    } else if (auto* stored = templates.find(owner, id, now); stored != nullptr) {
      found.push_back(&stored->tags);
    } else {
      return id.starts_with("lt-") ? missing("InvalidLaunchTemplateId.NotFound", "launch template")
                                   : missing("InvalidID", "resource");
    }
  }
  return found;
}

Granted<void> InstanceMarket::tag(const Owner& owner, std::span<const std::string> ids,
                                  const Tags& tags) {
  return impl_->tags_of(*this, owner, ids).map([&tags](const std::vector<Tags*>& found) {
    for (auto* each : found) {
      for (const auto& [key, value] : tags) {
        each->insert_or_assign(key, value);
      }
    }
  });
}

Granted<void> InstanceMarket::untag(const Owner& owner, std::span<const std::string> ids,
                                    const std::map<std::string, std::optional<std::string>>& tags) {
  return impl_->tags_of(*this, owner, ids).map([&tags](const std::vector<Tags*>& found) {
    for (auto* each : found) {
      for (const auto& [key, value] : tags) {
        const auto place = each->find(key);
        if (place != each->end() && (!value || *value == place->second)) {
          each->erase(place);
        }
      }
    }
  });
}

LaunchTemplates& InstanceMarket::templates() {
  return impl_->templates;
}

const LaunchTemplates& InstanceMarket::templates() const {
  return impl_->templates;
}

const std::deque<Instance>& InstanceMarket::every_instance() const {
  return impl_->instances;
}

const std::deque<SpotRequest>& InstanceMarket::every_request() const {
  return impl_->requests;
}

const std::deque<Fleet>& InstanceMarket::every_fleet() const {
  return impl_->fleets;
}

const std::deque<InstanceChange>& InstanceMarket::changes() const {
  return impl_->changes;
}

TimePoint InstanceMarket::next_event() const {
  return impl_->pending.empty() ? kNever : impl_->pending.top().at;
}

const InstanceAudit& InstanceMarket::audit() const {
  return impl_->audit;
}

const PoolBook& InstanceMarket::book() const {
  return impl_->book;
}

}  // namespace spotvane::sim
