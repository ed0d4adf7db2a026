#include "policy/policy.hpp"

#include "base/assert.hpp"
#include "policy/schedule.hpp"

namespace spotvane::policy {

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::Always:
      return "always";
    case Reason::SpotIsThere:
      return "spot-is-there";
    case Reason::KeepsSpot:
      return "keeps-spot";
    case Reason::WaitsForSpot:
      return "waits-for-spot";
    case Reason::BehindSchedule:
      return "behind-schedule";
    case Reason::HoldsOnDemand:
      return "holds-on-demand";
    case Reason::SafetyNet:
      return "safety-net";
    case Reason::LastPoint:
      return "last-point";
    case Reason::OutageWillLast:
      return "outage-will-last";
    case Reason::SpotWontLast:
      return "spot-wont-last";
    case Reason::BetterZone:
      return "better-zone";
  }
  SPOTVANE_ASSERT(false);
}

Decision keep_deadline(const Job& job, const Observation& seen, Duration now, Decision wanted) {
  if (!Schedule{job, seen, now}.is_last_point()) {
    return wanted;
  }
  return works_on_spot(seen) ? Decision{seen.current, Reason::KeepsSpot}
                             : Decision{kOnDemand, Reason::LastPoint};
}

}  // namespace spotvane::policy
