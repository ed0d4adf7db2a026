#pragma once

#include "base/result.hpp"
#include "lab/instance_type_book.hpp"
#include "model/catalog.hpp"
#include "wire/advisor_file.hpp"

#include <memory>
#include <vector>

namespace spotvane::lab {

/// The world the lab starts from.
struct CatalogData {
  std::shared_ptr<const model::Catalog> catalog;
  std::shared_ptr<const InstanceTypeBook> types;
  std::vector<wire::AdvisorType> advisor_types = {};  ///< as the publication has them
};

/// Reads the real catalog that the program carries: regions, zones, types, offerings, on-demand
/// prices and an advisor publication. Takes some tenths of a second. Fails with `Corrupt`.
Result<CatalogData> load_catalog_data();

}  // namespace spotvane::lab
