#include "sim/pool_book.hpp"

namespace spotvane::sim {

PoolBook::PoolBook(const model::Catalog& catalog) : catalog_{catalog} {
  for (std::uint32_t i = 0; i < catalog.types.size(); ++i) {
    types_.emplace(catalog.types[i].type.text(), i);
  }
  for (std::uint32_t i = 0; i < catalog.zones.size(); ++i) {
    zones_.emplace(catalog.zones[i].id.text(), i);
  }
  for (const auto& offering : catalog.offerings) {
    const auto found = zones_.find(offering.zone.text());
    if (found != zones_.end()) {
      zones_by_type_[offering.type.text()].push_back(found->second);
    }
  }
  for (const auto& price : catalog.on_demand_prices) {
    prices_.emplace(model::RegionalPool{price.type, price.region}, price.price_per_hour);
  }
  for (const auto& entry : catalog.advisor) {
    if (entry.os == "Linux") {
      bands_.emplace(model::RegionalPool{entry.type, entry.region}, entry.band);
    }
  }
}

const model::InstanceTypeFacts* PoolBook::type(const model::InstanceType& type) const {
  const auto found = types_.find(type.text());
  return found == types_.end() ? nullptr : &catalog_.types[found->second];
}

const model::Zone* PoolBook::zone(const model::ZoneId& zone) const {
  const auto found = zones_.find(zone.text());
  return found == zones_.end() ? nullptr : &catalog_.zones[found->second];
}

std::vector<model::ZoneId> PoolBook::zones_offering(const model::RegionalPool& pool) const {
  std::vector<model::ZoneId> zones;
  const auto found = zones_by_type_.find(pool.type.text());
  if (found != zones_by_type_.end()) {
    for (const auto zone : found->second) {
      if (catalog_.zones[zone].region == pool.region) {
        zones.push_back(catalog_.zones[zone].id);
      }
    }
  }
  return zones;
}

std::optional<Money> PoolBook::on_demand_price(const model::RegionalPool& pool) const {
  const auto found = prices_.find(pool);
  return found == prices_.end() ? std::nullopt : std::optional{found->second};
}

int PoolBook::band(const model::RegionalPool& pool) const {
  constexpr int kMiddle = 2;
  const auto found = bands_.find(pool);
  return found == bands_.end() ? kMiddle : found->second;
}

}  // namespace spotvane::sim
