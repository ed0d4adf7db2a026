#pragma once

#include "market/region_catalog.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::market {

/// What types of a catalog are asked for; what is not set does not matter.
struct CatalogChoice {
  std::string type = {};  ///< a regular expression that the name must hold
  std::string architecture = {};
  std::optional<int> min_vcpus = {};
  std::optional<int> max_vcpus = {};
  std::optional<double> min_memory_gib = {};
  std::optional<double> max_memory_gib = {};
  std::optional<int> min_gpus = {};
  std::optional<int> max_gpus = {};
  std::optional<double> max_price = {};  ///< on demand, an hour; a type without one does not fit
  bool as_spot_only = false;
  bool current_only = false;
  bool no_bare_metal = false;
};

/// The entries that fit, in the catalog's order. Fails with `InvalidInput` on a bad expression.
Result<std::vector<const CatalogEntry*>> choose_types(const RegionCatalog& catalog,
                                                      const CatalogChoice& choice);

}  // namespace spotvane::market
