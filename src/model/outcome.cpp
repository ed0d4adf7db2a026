#include "model/outcome.hpp"

#include "model/plan.hpp"

#include <algorithm>

namespace spotvane::model {

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::Ok:
      return "ok";
    case Outcome::Refused:
      return "refused";
    case Outcome::Throttled:
      return "throttled";
    case Outcome::RegionNotEnabled:
      return "region_not_enabled";
    case Outcome::NoScore:
      return "no_score";
    case Outcome::Denied:
      return "denied";
    case Outcome::Error:
      return "error";
  }
  return "error";
}

Outcome parse_outcome(std::string_view text) {
  const auto* found = std::find_if(kOutcomes.begin(), kOutcomes.end(),
                                   [&](Outcome outcome) { return to_text(outcome) == text; });
  return found == kOutcomes.end() ? Outcome::Error : *found;
}

std::string_view to_text(PlanReason reason) {
  return reason == PlanReason::Exploit ? "exploit" : "explore";
}

}  // namespace spotvane::model
