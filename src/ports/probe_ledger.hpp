#pragma once

#include "base/result.hpp"
#include "model/probe.hpp"
#include "ports/lake_file.hpp"

#include <optional>
#include <vector>

namespace spotvane {

/// What must survive a restart of probes: what each was about to do, what it made in AWS, and what
/// it saw. Every call is one transaction, durable when it returns. Fails with `Storage`.
class ProbeLedger {
 public:
  virtual ~ProbeLedger() = default;

  /// Must come back before AWS is asked for anything. Fails where there is such a probe already.
  virtual Result<void> begin(const model::ProbePlan& plan) = 0;

  /// Adds to what is known. A resource that is there already stays as it is.
  virtual Result<void> add(const model::ProbeNews& news) = 0;

  /// Those of which something may be left in AWS, by when they were intended.
  virtual Result<std::vector<model::ProbeRecord>> uncleared() = 0;
  /// Those intended in [from, to), by time.
  virtual Result<std::vector<model::ProbeRecord>> probes(TimePoint from, TimePoint to) = 0;

  virtual Result<std::vector<model::ProbeResource>> resources(const model::ProbeId& probe) = 0;
  /// In the order they were added.
  virtual Result<std::vector<model::ProbeEvent>> events(const model::ProbeId& probe) = 0;
  virtual Result<std::vector<model::ReadyCount>> ready_counts(const model::ProbeId& probe) = 0;

  // The probes' archive.
  /// Those that are cleared and in none of its files yet, by when they were intended.
  virtual Result<std::vector<model::ProbeRecord>> unarchived() = 0;
  /// The file counts from now on, and has all there is of these probes. Fails, and changes nothing,
  /// where one of them is in a file already.
  virtual Result<void> commit_file(const LakeFile& file,
                                   const std::vector<model::ProbeId>& probes) = 0;
  /// Its files that count, by path.
  virtual Result<std::vector<LakeFile>> files() = 0;
};

}  // namespace spotvane
