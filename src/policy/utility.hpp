#pragma once

#include "policy/policy.hpp"

#include <cstdint>
#include <vector>

namespace spotvane::policy {

/// What of an hour on an instance is expected to be lost to its launch decides, beside its price
/// and how far the job is behind: the utility of SkyNomad, with the job's value by its rate ratio.
///
/// How long spot lives is learned from all zones as the job goes on, two hours ahead at most; each
/// zone's hazard is scaled by what it has shown itself where that is worse.
class Utility final : public Policy {
 public:
  Decision decide(const Job& job, const Observation& seen, Duration now) override;

 private:
  struct Zone {
    std::size_t age = 0;  ///< looks with spot up to now; 0: an outage
    double preemptions = 0;
    double expected = 0;  ///< preemptions, by all zones' hazards
  };
  struct AtAge {
    double risks = 0;
    double preemptions = 0;
    double hazard() const { return risks > 0 ? preemptions / risks : 0; }
  };

  void see(const Observation& seen);
  /// In hours, from now on.
  double expected_lifetime(const Zone& zone, double interval_hours) const;

  std::vector<Zone> zones_ = {};
  std::vector<AtAge> ages_ = {};
};

}  // namespace spotvane::policy
