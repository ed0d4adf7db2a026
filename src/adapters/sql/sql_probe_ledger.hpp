#pragma once

#include "ports/probe_ledger.hpp"

#include <vector>

namespace spotvane::adapters {

class SqlDatabase;

/// The probes in a SQL database whose schema is up to date. The database must outlive it.
class SqlProbeLedger final : public ProbeLedger {
 public:
  explicit SqlProbeLedger(SqlDatabase& database) : database_{database} {}

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

 private:
  Result<void> add_marks(const model::ProbeNews& news);

  SqlDatabase& database_;
};

}  // namespace spotvane::adapters
