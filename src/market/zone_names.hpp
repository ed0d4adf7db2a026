#pragma once

#include "model/place.hpp"
#include "model/pool_choice.hpp"
#include "ports/state_store.hpp"

#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace spotvane::market {

/// Keeps a region's zones under the names that the account sees them by.
Result<void> save_zones(StateStore& state, const model::Region& region,
                        const std::vector<model::Zone>& zones);

/// The account's own names of zones, as far as they are known.
class ZoneNames {
 public:
  ZoneNames() = default;
  explicit ZoneNames(const std::vector<model::Zone>& zones);

  /// What is kept of these regions.
  static Result<ZoneNames> known(StateStore& state, const std::set<model::Region>& regions);

  /// Empty where none is known.
  const model::ZoneName& name(const model::ZoneId& zone) const;

  /// The zone's ID, by its ID or by the account's name for it. Fails with `InvalidInput` where
  /// `text` looks like such a name and is not known.
  Result<model::ZoneId> zone(std::string_view text) const;

 private:
  std::map<model::ZoneId, model::ZoneName> names_;
  std::map<model::ZoneName, model::ZoneId> ids_;
  model::ZoneName unknown_;
};

/// The pools of `text`, "m5.large@us-east-1a" too: a zone by the account's name for it. Fails with
/// `InvalidInput`, and as the store does.
Result<model::PoolChoice> find_pools(StateStore& state, std::string_view text);

}  // namespace spotvane::market
