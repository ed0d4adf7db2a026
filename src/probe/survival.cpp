#include "probe/survival.hpp"

#include <algorithm>

namespace spotvane::probe {

namespace {

/// Products of fractions that should be equal differ by less than this.
constexpr double kRounding = 1e-12;

}  // namespace

std::vector<SurvivalStep> kaplan_meier(std::vector<Wait> waits) {
  std::sort(waits.begin(), waits.end(),
            [](const Wait& a, const Wait& b) { return a.seconds < b.seconds; });
  std::vector<SurvivalStep> steps;
  double waiting = 1.0;
  for (std::size_t i = 0; i < waits.size();) {
    SurvivalStep step{.seconds = waits[i].seconds, .at_risk = static_cast<int>(waits.size() - i)};
    for (; i < waits.size() && waits[i].seconds <= step.seconds; ++i) {
      ++(waits[i].is_over ? step.came : step.censored);
    }
    waiting *= static_cast<double>(step.at_risk - step.came) / step.at_risk;
    step.waiting = waiting;
    steps.push_back(step);
  }
  return steps;
}

std::optional<double> time_to_reach(const std::vector<SurvivalStep>& steps, double quantile) {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const SurvivalStep& step) {
    return step.waiting <= 1.0 - quantile + kRounding;
  });
  return found == steps.end() ? std::nullopt : std::optional{found->seconds};
}

}  // namespace spotvane::probe
