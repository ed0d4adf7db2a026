#include "market/catalog_sync.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace spotvane::market {

namespace {

/// The answers so far.
struct Sync {
  SyncedCatalog result;
  On<SyncedCatalog> on_catalog;
  int answers_left = 5;
  std::optional<Error> failure = {};
  std::vector<model::InstanceTypeFacts> types = {};
  std::vector<model::Offering> offerings = {};
  std::vector<model::OnDemandPrice> prices = {};
};

void put_together(Sync& sync) {
  std::map<model::InstanceType, std::set<model::ZoneId>> zones;
  for (const auto& offering : sync.offerings) {
    zones[offering.type].insert(offering.zone);
  }
  std::map<model::InstanceType, Money> prices;
  for (const auto& price : sync.prices) {
    prices.emplace(price.type, price.price_per_hour);
  }
  auto& catalog = sync.result.catalog;
  for (auto& facts : sync.types) {
    const auto offered = zones.find(facts.type);
    if (offered == zones.end()) {
      continue;  // described, but no zone has it
    }
    const auto price = prices.find(facts.type);
    catalog.entries.push_back(
        {.facts = std::move(facts),
         .zones = {offered->second.begin(), offered->second.end()},
         .on_demand = price == prices.end() ? std::nullopt : std::optional{price->second}});
  }
  std::sort(catalog.entries.begin(), catalog.entries.end(),
            [](const auto& a, const auto& b) { return a.facts.type < b.facts.type; });
  std::sort(catalog.zones.begin(), catalog.zones.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
}

void end_answer(Sync& sync) {
  if (--sync.answers_left > 0) {
    return;
  }
  if (sync.failure) {
    return sync.on_catalog(tl::unexpected(std::move(*sync.failure)));
  }
  put_together(sync);
  sync.on_catalog(std::move(sync.result));
}

/// Takes an answer into `target`, or what was missing.
template <typename T>
On<T> into(const std::shared_ptr<Sync>& sync, T& target, const char* what, bool is_needed) {
  return [sync, &target, what, is_needed](Result<T> answer) {
    if (answer) {
      target = std::move(*answer);
    } else if (is_needed) {
      sync->failure = std::move(answer.error());
    } else {
      sync->result.gaps.push_back(fmt::format("{}: {}", what, answer.error().message));
    }
    end_answer(*sync);
  };
}

}  // namespace

void sync_catalog(const CatalogSources& sources, const model::Region& region,
                  const On<SyncedCatalog>& on_catalog) {
  const auto sync = std::make_shared<Sync>();
  sync->on_catalog = on_catalog;
  sync->result.catalog.region = region;
  sync->result.catalog.at = sources.clock.now();
  auto& catalog = sync->result.catalog;
  sources.ec2.describe_instance_types(region, into(sync, sync->types, "types", true));
  sources.ec2.describe_instance_type_offerings(region,
                                               into(sync, sync->offerings, "offerings", true));
  sources.ec2.describe_availability_zones(region, into(sync, catalog.zones, "zones", true));
  sources.price_list.on_demand_prices(region, into(sync, sync->prices, "prices", false));
  sources.images.latest_amazon_linux(region, into(sync, catalog.images, "images", false));
}

}  // namespace spotvane::market
