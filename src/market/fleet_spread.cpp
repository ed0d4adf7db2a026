#include "market/fleet_spread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spotvane::market {

namespace {

/// At least one: a share of few pools is not none.
std::size_t share_of(std::size_t pools, double share) {
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(std::floor(static_cast<double>(pools) * share)));
}

/// What has been chosen so far, counted.
class ChosenPools {
 public:
  explicit ChosenPools(const FleetSpread& spread)
      : spread_{spread},
        of_zone_{share_of(spread.pools, spread.of_zone)},
        of_family_{share_of(spread.pools, spread.of_family)} {}

  void add(const model::Pool& pool) {
    ++types_[pool.type];
    ++zones_[pool.zone];
    ++families_[std::string{model::family(pool.type)}];
  }

  /// Why one more would be too many; empty where it would not.
  std::string objection(const model::Pool& pool) const {
    const auto count = [](const auto& counts, const auto& key) {
      const auto found = counts.find(key);
      return found == counts.end() ? std::size_t{0} : found->second;
    };
    const std::string family{model::family(pool.type)};
    if (const auto n = count(types_, pool.type); n >= spread_.of_type) {
      return fmt::format("{} of them are {} already", n, pool.type);
    }
    if (const auto n = count(zones_, pool.zone); n >= of_zone_) {
      return fmt::format("{} of them are in {} already", n, pool.zone);
    }
    if (const auto n = count(families_, family); n >= of_family_) {
      return fmt::format("{} of them are of {} already", n, family);
    }
    return {};
  }

 private:
  const FleetSpread& spread_;
  std::size_t of_zone_;
  std::size_t of_family_;
  std::map<model::InstanceType, std::size_t> types_;
  std::map<model::ZoneId, std::size_t> zones_;
  std::map<std::string, std::size_t> families_;
};

}  // namespace

std::vector<SpreadPool> spread_over(std::span<const model::Pool> pools, const FleetSpread& spread) {
  std::vector<SpreadPool> seen;
  ChosenPools chosen{spread};
  std::size_t count = 0;
  for (std::size_t i = 0; i < pools.size() && count < spread.pools; ++i) {
    auto why = chosen.objection(pools[i]);
    const bool is_chosen = why.empty();
    if (is_chosen) {
      chosen.add(pools[i]);
      ++count;
    }
    seen.push_back({i, is_chosen, std::move(why)});
  }
  for (auto& one : seen) {
    if (count < spread.pools && !one.is_chosen) {
      one.is_chosen = true;
      one.why = "there is nothing else";
      ++count;
    }
  }
  return seen;
}

}  // namespace spotvane::market
