#pragma once

#include <optional>
#include <vector>

namespace spotvane::probe {

/// How long something took, or how long it was watched in vain.
struct Wait {
  double seconds = 0.0;
  bool is_over = false;  ///< it came; else it was still to come when last looked for
};

/// A moment at which something came, or ceased to be looked for.
struct SurvivalStep {
  double seconds = 0.0;
  int at_risk = 0;       ///< still waited for just before
  int came = 0;          ///< then
  int censored = 0;      ///< looked for until then, and no longer
  double waiting = 1.0;  ///< the share that waits for longer than this
};

/// The Kaplan-Meier estimate, by time: one step for each different time. What comes and what is
/// censored at one time: the censored count as still waiting then.
std::vector<SurvivalStep> kaplan_meier(std::vector<Wait> waits);

/// The time within which the share `quantile` (0 to 1) has come; none where so many never did
/// while they were looked for.
std::optional<double> time_to_reach(const std::vector<SurvivalStep>& steps, double quantile);

}  // namespace spotvane::probe
