#pragma once

#include "market/region_catalog.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/instances.hpp"

#include <functional>
#include <string>
#include <vector>

namespace spotvane::market {

/// A region's catalog as AWS told it, and what it did not tell.
struct SyncedCatalog {
  RegionCatalog catalog;
  std::vector<std::string> gaps = {};  ///< what is missing, and why
};

/// Whom to ask; all must outlive the answers.
struct CatalogSources {
  const Clock& clock;
  Ec2& ec2;
  PriceList& price_list;
  Images& images;
};

/// Asks for everything a region's catalog holds. Fails where the types or what the zones offer of
/// them cannot be had; prices and images that cannot are gaps.
void sync_catalog(const CatalogSources& sources, const model::Region& region,
                  const On<SyncedCatalog>& on_catalog);

}  // namespace spotvane::market
