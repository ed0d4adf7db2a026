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

/// The regions the account has enabled.
Result<std::vector<model::Region>> enabled_regions(World& world, Cloud& cloud);

/// What is kept of the region. Fails with `NotFound`, saying how to get it.
Result<market::RegionCatalog> kept_catalog(StateStore& state, const model::Region& region);

/// How old a catalog is, in words: "3h ago (2026-08-01T12:00:00Z)".
std::string age_of(const market::RegionCatalog& catalog, TimePoint now);

}  // namespace spotvane::cli
