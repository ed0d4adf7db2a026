#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

namespace spotvane::cli {

/// Times from a request to a running worker, to draw from, as `how` says: "fitted" to 802 recorded
/// launches, as this home's "probes" saw them, the column of a CSV file ("FILE:COLUMN", seconds),
/// or one time. Fails with `InvalidInput` or `NotFound`, else as files and stores do.
Result<std::vector<Duration>> launch_times_of(Environment& environment, const std::string& how);

}  // namespace spotvane::cli
