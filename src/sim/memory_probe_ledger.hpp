#pragma once

#include "ports/probe_ledger.hpp"
#include "sim/crash.hpp"

#include <map>
#include <set>
#include <vector>

namespace spotvane::sim {

/// The probes as a value in memory. As `MemoryStateStore`, of which it is a part: each write marks
/// two places to crash at, before and after its effect.
class MemoryProbeLedger final : public ProbeLedger {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryProbeLedger(CrashPoint* crash) : crash_{crash} {}

  Result<void> begin(const model::ProbePlan& plan) override;
  Result<void> add(const model::ProbeNews& news) override;
  Result<std::vector<model::ProbeRecord>> uncleared() override;
  Result<std::vector<model::ProbeRecord>> probes(TimePoint from, TimePoint to) override;
  Result<std::vector<model::ProbeResource>> resources(const model::ProbeId& probe) override;
  Result<std::vector<model::ProbeEvent>> events(const model::ProbeId& probe) override;
  Result<std::vector<model::ReadyCount>> ready_counts(const model::ProbeId& probe) override;
  Result<std::vector<model::ProbeRecord>> unarchived() override;
  Result<void> commit_file(const LakeFile& file,
                           const std::vector<model::ProbeId>& probes) override;
  Result<std::vector<LakeFile>> files() override;

  void set_full(bool is_full) { is_full_ = is_full; }

 private:
  struct Known {
    model::ProbeRecord record;
    std::set<model::ProbeResource> resources = {};
    std::vector<model::ProbeEvent> events = {};
    std::vector<model::ReadyCount> ready = {};
    bool is_archived = false;
  };

  template <typename Effect>
  Result<void> write(Effect effect);
  template <typename Wanted>
  std::vector<model::ProbeRecord> select(Wanted wanted) const;
  const Known& known(const model::ProbeId& probe) const;

  CrashPoint* crash_;
  bool is_full_ = false;
  std::map<model::ProbeId, Known> probes_;
  std::map<std::string, LakeFile> files_;
};

}  // namespace spotvane::sim
