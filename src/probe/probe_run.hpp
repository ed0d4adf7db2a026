#pragma once

#include "probe/limits.hpp"
#include "probe/region_watch.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::probe {

/// Something of a probe that AWS showed, and that may still cost.
struct Leftover {
  model::ProbeRecord record;  ///< for one that is in no ledger, what its tags tell
  std::vector<model::ProbeResource> resources = {};
  bool is_in_ledger = true;
};

/// Probes under way, in as many regions as they need, each region with one watch.
///
/// What begins is in the ledger before AWS hears of it, and within the limits. What it borrows must
/// outlive it; the loop may run on after it is gone, but then nobody ends what was launched.
class ProbeRun {
 public:
  struct Options {
    Limits limits = {};
    Patience patience = {};
    RegionWatch::Options watch = {};
  };

  ProbeRun(Options options, ProbePorts ports) : options_{std::move(options)}, ports_{ports} {}

  /// Begins a probe. Fails with `QuotaExceeded` where a limit would be exceeded, and with
  /// `Storage`; nothing was asked of AWS then.
  Result<void> begin(const model::ProbePlan& plan);

  /// Ends what an earlier run left. A probe that is being ended already takes the resources over;
  /// one that measures needs no such help.
  void clean(const Leftover& leftover);

  /// Ends the measuring of all, and everything they made.
  void stop(model::ProbeOutcome outcome, const std::string& note);

  /// Whether nothing of any of them is left in AWS.
  bool is_done() const;
  bool is_measuring() const;
  bool knows(const model::ProbeId& probe) const;
  /// In order of their names.
  std::vector<const ProbeMachine*> probes() const;

 private:
  RegionWatch& watch(const model::Region& region);

  Options options_;
  ProbePorts ports_;
  std::map<model::Region, std::shared_ptr<RegionWatch>> watches_;
};

}  // namespace spotvane::probe
