#include "cli/probe_plans.hpp"

#include "probe/limits.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

namespace {

/// A name for the probe that no other has: the moment, and a number drawn for the run.
model::ProbeId probe_id(TimePoint now, std::uint64_t drawn, std::size_t number) {
  auto moment = to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(now)});
  std::erase_if(moment, [](char letter) { return letter == '-' || letter == ':'; });
  return model::ProbeId{fmt::format("spotvane-{}-{:08x}-{}", moment, drawn & 0xFFFFFFFFU, number)};
}

Result<model::ZoneName> name_in(const market::RegionCatalog& catalog, const model::ZoneId& zone) {
  const auto found = std::find_if(catalog.zones.begin(), catalog.zones.end(),
                                  [&](const model::Zone& one) { return one.id == zone; });
  if (found != catalog.zones.end()) {
    return found->name;
  }
  std::vector<std::string> ids;
  for (const auto& one : catalog.zones) {
    ids.push_back(one.id.text());
  }
  return tl::unexpected(Error{ErrorKind::InvalidInput,
                              fmt::format("there is no zone '{}' in '{}'", zone, catalog.region),
                              fmt::format("it has {}", fmt::join(ids, ", "))});
}

/// What AWS will take and what it will cost at most, by the catalog.
Result<void> fill_in(model::ProbePlan& plan, const market::RegionCatalog& catalog) {
  const auto entry = catalog.entry(plan.pool.type);
  if (!entry) {
    return tl::unexpected(entry.error());
  }
  const auto& zones = (*entry)->zones;
  if (!plan.pool.zone.empty()) {
    auto name = name_in(catalog, plan.pool.zone);
    if (!name) {
      return tl::unexpected(std::move(name.error()));
    }
    plan.zone_name = std::move(*name);
    if (std::find(zones.begin(), zones.end(), plan.pool.zone) == zones.end()) {
      return tl::unexpected(
          Error{ErrorKind::NotFound,
                fmt::format("zone '{}' does not offer '{}'", plan.pool.zone, plan.pool.type),
                fmt::format("these do: {}", fmt::join(zones, ", "))});
    }
  }
  if (!(*entry)->facts.offered_as_spot) {
    return fail(ErrorKind::NotFound, "type '{}' is not offered as spot", plan.pool.type);
  }
  auto image = catalog.image(plan.pool.type);
  if (!image) {
    return tl::unexpected(std::move(image.error()));
  }
  plan.image = std::move(*image);
  plan.vcpus = (*entry)->facts.vcpus;
  if (!plan.max_price && !(*entry)->on_demand) {
    return tl::unexpected(
        Error{ErrorKind::NotFound,
              fmt::format("no on-demand price of '{}' in '{}' is known, so nothing bounds its cost",
                          plan.pool.type, catalog.region),
              "fetch it by `spotvane catalog sync`, or give the most you will pay: --max-price"});
  }
  plan.price = plan.max_price ? *plan.max_price : *(*entry)->on_demand;
  plan.cost_most = probe::greatest_cost(plan);
  return {};
}

}  // namespace

Result<std::vector<model::ProbePlan>> plan_probes(
    const model::ProbePlan& wanted, const std::vector<model::PoolChoice>& pools,
    const std::vector<market::RegionCatalog>& catalogs, std::uint64_t drawn) {
  std::vector<model::ProbePlan> plans;
  for (const auto& pool : pools) {
    auto plan = wanted;
    plan.id = probe_id(wanted.intended, drawn, plans.size() + 1);
    plan.pool = {pool.type, pool.region, pool.zone};
    const auto catalog = std::find_if(catalogs.begin(), catalogs.end(),
                                      [&](const auto& one) { return one.region == pool.region; });
    if (catalog == catalogs.end()) {
      return fail(ErrorKind::NotFound, "no catalog of '{}' is kept", pool.region);
    }
    if (auto filled = fill_in(plan, *catalog); !filled) {
      return tl::unexpected(std::move(filled.error()));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace spotvane::cli
