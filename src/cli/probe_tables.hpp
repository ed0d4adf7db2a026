#pragma once

#include "cli/document.hpp"
#include "probe/probe_statistics.hpp"

#include <vector>

namespace spotvane::cli {

/// "m5.large@us-east-1", or of one zone "m5.large@use1-az4".
std::string pool_text(const model::Pool& pool);

/// What became of each probe.
Table probe_table(const std::vector<probe::ProbeHistory>& probes);

/// Each change of a ready count, in the columns of the data sets that came before us: times are
/// Unix seconds, hours and minutes the UTC clock at the request.
Table ready_table(const std::vector<probe::ProbeHistory>& probes);

/// Everything that was seen of each instance and request, when.
Table timeline_table(const std::vector<probe::ProbeHistory>& probes);

/// How long things took, by pool: quantiles in seconds, "not reached" where they were not.
Table statistics_table(const std::vector<probe::PoolStatistics>& pools);

}  // namespace spotvane::cli
