#pragma once

#include "cli/catalog_session.hpp"
#include "cli/probe_session.hpp"
#include "model/pool_choice.hpp"

#include <string>
#include <vector>

namespace spotvane::cli {

/// The region a zone ID belongs to, by its form: "use1-az4" is of "us-east-1". None where no region
/// of these abbreviates so.
std::optional<model::Region> region_of_zone(const model::ZoneId& zone,
                                            const std::vector<model::Region>& regions);

/// Yesterday's best pools by their daily score, at most `most`. Fails with `NotFound` where nothing
/// moved, or was collected.
Result<std::vector<model::PoolChoice>> best_of_yesterday(StateStore& state, Lake& lake,
                                                         TimePoint now, std::size_t most);

/// The regions' catalogs, asked for where none is kept or what is kept is more than a day old.
/// Fails as `kept_catalog` does.
Result<std::vector<market::RegionCatalog>> fresh_catalogs(
    Environment& environment, Cloud& cloud, StateStore& state,
    const std::vector<model::Region>& regions);

/// The pool as AWS knows it, its region filled in. Fails with `InvalidInput` where there is no such
/// region or zone.
Result<std::vector<model::PoolChoice>> locate(std::vector<model::PoolChoice> pools,
                                              const std::vector<model::RegionStatus>& all);

}  // namespace spotvane::cli
