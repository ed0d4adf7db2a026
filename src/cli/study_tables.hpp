#pragma once

#include "cli/document.hpp"
#include "replay/study.hpp"

#include <span>

namespace spotvane::cli {

/// Every run on a row.
Table run_table(const replay::Study& study, std::span<const replay::Run> runs);

/// For each policy, change-over and deadline: how its costs are spread, and what they are beside
/// on-demand and the oracle, where those ran too.
Table study_table(const replay::Study& study, std::span<const replay::Run> runs);

}  // namespace spotvane::cli
