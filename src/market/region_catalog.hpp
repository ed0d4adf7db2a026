#pragma once

#include "model/instance_type.hpp"
#include "model/launch.hpp"
#include "model/place.hpp"
#include "ports/state_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::market {

/// A type as one region has it.
struct CatalogEntry {
  model::InstanceTypeFacts facts;
  std::vector<model::ZoneId> zones = {};  ///< that offer it, sorted
  std::optional<Money> on_demand = {};    ///< an hour; none: nobody said
};

/// What is known of a region's instance types, and of what they boot from.
struct RegionCatalog {
  model::Region region;
  TimePoint at;                            ///< when it was asked for
  std::vector<CatalogEntry> entries = {};  ///< by type
  std::vector<model::Zone> zones = {};     ///< by ID
  std::vector<model::Image> images = {};   ///< Amazon Linux 2023, one an architecture

  /// Fails with `NotFound`, naming type and region, and what was meant if that is likely.
  Result<const CatalogEntry*> entry(const model::InstanceType& type) const;

  /// What boots the type. Fails with `NotFound` where there is no such type or no image for it.
  Result<model::ImageId> image(const model::InstanceType& type) const;
};

/// Keeps the catalog of a region in place of the one there was.
Result<void> save_catalog(StateStore& state, const RegionCatalog& catalog);

/// What was kept of the region; none where nothing ever was.
Result<std::optional<RegionCatalog>> known_catalog(StateStore& state, const model::Region& region);

/// The regions of which a catalog is kept, sorted.
Result<std::vector<model::Region>> catalog_regions(StateStore& state);

}  // namespace spotvane::market
