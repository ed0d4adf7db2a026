#pragma once

#include "base/result.hpp"
#include "market/region_catalog.hpp"
#include "model/pool_choice.hpp"
#include "model/probe.hpp"

#include <cstdint>
#include <vector>

namespace spotvane::cli {

/// A probe of each pool, each as `wanted` but for its name and what the catalogs say of it: image,
/// vCPUs, what it costs at most. `drawn` makes the names differ from those of other runs. Fails on
/// the first pool that cannot be launched, or of which nothing bounds the cost.
Result<std::vector<model::ProbePlan>> plan_probes(
    const model::ProbePlan& wanted, const std::vector<model::PoolChoice>& pools,
    const std::vector<market::RegionCatalog>& catalogs, std::uint64_t drawn);

}  // namespace spotvane::cli
