#pragma once

#include "cli/command.hpp"
#include "market/catalog_sync.hpp"

#include <string>
#include <vector>

namespace spotvane::cli {

/// Asks for the catalogs of these regions, all at once, keeps them, and says what is missing.
/// Regions of which none could be had are said, and left out of the answer. Fails with `Storage`
/// and `Cancelled`.
Result<std::vector<market::SyncedCatalog>> sync_catalogs(Environment& environment, Cloud& cloud,
                                                         StateStore& state,
                                                         const std::vector<model::Region>& regions);

/// Every region that AWS has, and whether the account has enabled it.
Result<std::vector<model::RegionStatus>> all_regions(World& world, Cloud& cloud);

std::vector<model::Region> enabled_of(const std::vector<model::RegionStatus>& all);

/// Fails with `InvalidInput` on the first of `regions` that AWS does not have, or the account has
/// not enabled.
Result<void> check_enabled(const std::vector<model::Region>& regions,
                           const std::vector<model::RegionStatus>& all);

/// What is kept of the region. Fails with `NotFound`, saying how to get it.
Result<market::RegionCatalog> kept_catalog(StateStore& state, const model::Region& region);

/// How old a catalog is, in words: "3h ago (2026-08-01T12:00:00Z)".
std::string age_of(const market::RegionCatalog& catalog, TimePoint now);

}  // namespace spotvane::cli
