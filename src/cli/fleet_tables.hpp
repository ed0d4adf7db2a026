#pragma once

#include "cli/document.hpp"
#include "replay/fleet_study.hpp"

#include <span>
#include <string>

namespace spotvane::cli {

/// Every run on a row.
Table fleet_run_table(const replay::FleetStudy& study, std::span<const replay::FleetStudyRun> runs);

/// For each policy and budget: how many jobs were done, how the others ended, and how the costs and
/// times of those that were done are spread; beside on-demand where that ran, and beside the least
/// there was.
Table fleet_study_table(const replay::FleetStudy& study,
                        std::span<const replay::FleetStudyRun> runs);

/// Each policy beside each other, over the runs in which both did the job.
Table fleet_pairs_table(const replay::FleetStudy& study,
                        std::span<const replay::FleetStudyRun> runs);

/// What share of the jobs cost at most so much, policy by policy.
std::string fleet_costs_svg(const replay::FleetStudy& study,
                            std::span<const replay::FleetStudyRun> runs);

}  // namespace spotvane::cli
