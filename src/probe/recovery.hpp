#pragma once

#include "base/result.hpp"
#include "ports/cloud.hpp"
#include "probe/probe_run.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace spotvane::probe {

/// What a recovery found and did.
struct RecoverySummary {
  std::size_t regions = 0;                     ///< looked through
  std::vector<model::ProbeId> probes = {};     ///< of which something may have been left
  std::set<std::string> spared = {};           ///< not of our ledger, and their time is not up
  std::map<model::Region, Error> unseen = {};  ///< could not be looked through, and why
};

struct RecoveryOptions {
  bool spares_living = false;  ///< leaves alone what may be another's probe under way
  Duration settle = std::chrono::seconds{60};
  int looks = 2;  ///< at each region, `settle` apart: AWS shows new things late
};

/// Finds what earlier runs left, by ledger and by tags in every region that the account has
/// enabled, and hands it to a run to be ended.
///
/// Of a request that is over AWS may still show an instance later: those of the last minutes are
/// watched, too. Borrows all it is given.
class Recovery : public std::enable_shared_from_this<Recovery> {
 public:
  Recovery(RecoveryOptions options, ProbePorts ports, Ec2& ec2, ProbeRun& run)
      : options_{options}, ports_{ports}, ec2_{ec2}, run_{run} {}

  /// Takes up what the ledger knows, at once. Fails with `Storage`.
  Result<void> take_from_ledger();

  /// Looks through the regions. Fails where AWS does not even name them.
  void look_through(std::function<void(Result<void>)> on_done);

  const RecoverySummary& summary() const { return summary_; }

 private:
  struct Region;
  struct Found;
  using SharedRegion = std::shared_ptr<Region>;

  void find_regions(int tries_left);
  void look(const SharedRegion& region);
  void look_at_instances(const SharedRegion& region);
  void look_at_instances_of_requests(const SharedRegion& region);
  void look_at_templates(const SharedRegion& region);
  void look_at_fleets(const SharedRegion& region);
  std::map<model::ProbeId, Found> sort_by_probe(const Region& region) const;
  void take(const SharedRegion& region);
  void give_up(const SharedRegion& region, const Error& error);
  void end(const SharedRegion& region);

  RecoveryOptions options_;
  ProbePorts ports_;
  Ec2& ec2_;
  ProbeRun& run_;
  RecoverySummary summary_;
  std::set<model::ProbeId> cleared_;  // by the ledger: watched to the end already
  std::function<void(Result<void>)> on_done_;
  std::size_t regions_left_ = 0;
};

}  // namespace spotvane::probe
