#include "sim/pool_traits.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::sim {

namespace {

constexpr double kOrdinaryUsdPerVcpu = 0.05;

}  // namespace

PoolTraitsFinder::PoolTraitsFinder(const model::Catalog& catalog) {
  for (const auto& price : catalog.on_demand_prices) {
    const double usd = price.price_per_hour.dollars();
    if (usd <= 0.0) {
      continue;
    }
    price_.emplace(model::RegionalPool{price.type, price.region}, usd);
    auto& sum = price_of_type_[price.type.text()];
    sum.usd += usd;
    ++sum.regions;
  }
  for (const auto& entry : catalog.advisor) {
    if (entry.os != "Linux") {
      continue;
    }
    advice_.emplace(model::RegionalPool{entry.type, entry.region}, &entry);
    auto& sum = advice_of_type_[entry.type.text()];
    sum.band += entry.band;
    sum.savings_percent += entry.savings_percent;
    ++sum.regions;
  }
}

PoolTraits PoolTraitsFinder::find(const model::InstanceTypeFacts& type,
                                  const model::Region& region) const {
  PoolTraits traits{.vcpus = std::max(type.vcpus, 1),
                    .has_accelerator = type.gpus > 0,
                    .is_bare_metal = type.is_bare_metal,
                    .on_demand_usd = kOrdinaryUsdPerVcpu * std::max(type.vcpus, 1)};
  const model::RegionalPool pool{type.type, region};

  if (const auto here = price_.find(pool); here != price_.end()) {
    traits.on_demand_usd = here->second;
  } else if (const auto sum = price_of_type_.find(type.type.text()); sum != price_of_type_.end()) {
    traits.on_demand_usd = sum->second.usd / sum->second.regions;
  }

  if (const auto here = advice_.find(pool); here != advice_.end()) {
    traits.band = here->second->band;
    traits.savings = here->second->savings_percent / 100.0;
  } else if (const auto sum = advice_of_type_.find(type.type.text());
             sum != advice_of_type_.end()) {
    traits.band = static_cast<int>(std::lround(sum->second.band / sum->second.regions));
    traits.savings = sum->second.savings_percent / 100.0 / sum->second.regions;
  }
  return traits;
}

}  // namespace spotvane::sim
