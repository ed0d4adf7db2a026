#include "lab/world.hpp"

#include "sim/value_noise.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace spotvane::lab {

World::World(WorldOptions options, CatalogData data)
    : options_{std::move(options)},
      data_{std::move(data)},
      market_{data_.catalog, options_.seed},
      instances_{market_, options_.seed},
      clusters_{agenda_, instances_, sim::derive(options_.seed, "clusters")},
      groups_{agenda_, instances_, sim::derive(options_.seed, "groups")},
      queues_{sim::derive(options_.seed, "queues")},
      score_quota_{options_.score_configurations} {
  for (const auto& status : catalog().regions) {
    const bool is_opted_in =
        options_.enables_all_regions ||
        std::find(options_.opted_in_regions.begin(), options_.opted_in_regions.end(),
                  status.region) != options_.opted_in_regions.end();
    regions_[status.region] = {.is_enabled = status.is_enabled || is_opted_in,
                               .needs_opt_in = !status.is_enabled};
  }

  std::unordered_map<std::string_view, std::uint32_t> zones;
  for (std::uint32_t i = 0; i < catalog().zones.size(); ++i) {
    const auto& zone = catalog().zones[i];
    zones.emplace(zone.id.text(), i);
    regions_[zone.region].zones.push_back(i);
  }
  std::unordered_map<std::string_view, std::uint32_t> types;
  for (std::uint32_t i = 0; i < catalog().types.size(); ++i) {
    types.emplace(catalog().types[i].type.text(), i);
  }
  for (const auto& offering : catalog().offerings) {
    const auto zone = zones.find(offering.zone.text());
    const auto type = types.find(offering.type.text());
    if (zone != zones.end() && type != types.end()) {
      regions_[catalog().zones[zone->second].region].offerings.push_back(
          {type->second, zone->second});
    }
  }
  for (auto& [name, region] : regions_) {
    std::sort(region.offerings.begin(), region.offerings.end(),
              [](const auto& left, const auto& right) {
                return std::tie(left.type, left.zone) < std::tie(right.type, right.zone);
              });
    for (const auto& offering : region.offerings) {
      if (region.types.empty() || region.types.back() != offering.type) {
        region.types.push_back(offering.type);
      }
    }
  }
}

void World::advance(TimePoint now) {
  settle();
  for (auto next = std::min(agenda_.next(), instances_.next_event()); next <= now;
       next = std::min(agenda_.next(), instances_.next_event())) {
    step(next);
  }
  step(now);
}

void World::step(TimePoint now) {
  instances_.advance(now);
  settle();
  while (agenda_.run_one(instances_.now())) {
    settle();
  }
}

void World::settle() {
  while (changes_seen_ < instances_.changes().size()) {
    follow(instances_.changes()[changes_seen_++]);
  }
}

void World::follow(const sim::InstanceChange& change) {
  using Kind = sim::InstanceChange::Kind;
  const auto& instance = instances_.every_instance()[change.instance];
  switch (change.kind) {
    case Kind::Launched:
      return clusters_.launched(instance);
    case Kind::Noticed:
      return clusters_.noticed(instance);
    case Kind::ShuttingDown:
      clusters_.ended(instance);
      return groups_.shutting_down(instance);
    case Kind::Recommended:
      return groups_.recommended(instance);
    case Kind::Terminated:
      return groups_.terminated(instance);
  }
}

const World::RegionView* World::find(const model::Region& region) const {
  const auto found = regions_.find(region);
  return found == regions_.end() ? nullptr : &found->second;
}

std::vector<model::Zone> World::zones(const model::Region& region, const Account& account) const {
  const auto* view = find(region);
  if (view == nullptr) {
    return {};
  }
  std::vector<model::Zone> zones;
  std::vector<model::ZoneName> names;
  for (const auto zone : view->zones) {
    zones.push_back(catalog().zones[zone]);
    names.push_back(zones.back().name);
  }
  if (account.id == kDefaultAccount) {
    return zones;
  }
  const auto key = sim::derive(sim::derive(0, account.id), region.text());
  std::sort(names.begin(), names.end(), [key](const auto& left, const auto& right) {
    return sim::derive(key, left.text()) < sim::derive(key, right.text());
  });
  for (std::size_t i = 0; i < zones.size(); ++i) {
    zones[i].name = names[i];
  }
  return zones;
}

}  // namespace spotvane::lab
