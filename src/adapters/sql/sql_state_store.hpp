#pragma once

#include "adapters/sql/sql_guard_memory.hpp"
#include "adapters/sql/sql_job_store.hpp"
#include "adapters/sql/sql_performance_store.hpp"
#include "adapters/sql/sql_probe_ledger.hpp"
#include "ports/state_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::adapters {

class SqlDatabase;

/// The state store in a SQL database, SQLite's or PostgreSQL's: the same tables and statements.
///
/// Times are kept to the millisecond and numbers exactly. A cycle committed twice counts once, as
/// it was the second time.
class SqlStateStore final : public StateStore {
 public:
  /// Brings the schema up to date. Fails with `Storage` where the database is not ours or newer
  /// than this program.
  static Result<std::unique_ptr<SqlStateStore>> open(std::unique_ptr<SqlDatabase> database);

  /// To read only: fails with `Storage` where the schema is not this program's.
  static Result<std::unique_ptr<SqlStateStore>> open_to_read(std::unique_ptr<SqlDatabase> database);

  /// Whether it could be opened to write, too.
  bool can_be_written() const;

  ~SqlStateStore() override;

  Result<void> record_uses(const std::vector<model::LedgerEntry>& uses) override;
  Result<std::vector<model::LedgerEntry>> uses_since(const model::CredentialName& credential,
                                                     TimePoint since) override;
  Result<std::optional<model::QuotaLimit>> quota_limit(
      const model::CredentialName& credential) override;
  Result<void> save_quota_limit(const model::QuotaLimit& limit) override;

  Result<void> save_plan(const model::DayPlan& plan) override;
  Result<std::optional<model::DayPlan>> plan(Day day) override;
  Result<void> save_daily_scores(Day day, const std::vector<model::DailyScore>& scores) override;
  Result<std::vector<model::DailyScore>> daily_scores(Day day) override;
  Result<void> save_initial_scores(const std::vector<model::InitialScore>& scores) override;
  Result<std::vector<model::InitialScore>> initial_scores() override;

  Result<void> commit_cycle(const CycleRecord& record) override;
  Result<std::optional<TimePoint>> latest_cycle() override;
  Result<std::vector<TimePoint>> cycles(TimePoint from, TimePoint to) override;
  Result<std::vector<OutcomeCount>> outcome_counts(TimePoint from, TimePoint to) override;

  Result<void> commit_import(const ImportRecord& record) override;
  Result<std::vector<ImportedSnapshot>> imported_snapshots(TimePoint from, TimePoint to) override;

  Result<std::vector<LakeFile>> files() override;

  /// Fails, and changes nothing, where one of `removed` is not listed (any more).
  Result<void> replace_files(const std::vector<LakeFile>& removed,
                             const std::vector<LakeFile>& added) override;
  Result<void> give_up_files(const std::vector<LostFile>& lost) override;
  Result<std::vector<LostFile>> lost_files() override;

  Result<void> save_note(const std::string& name, const std::string& value) override;
  Result<std::optional<std::string>> note(const std::string& name) override;

  ProbeLedger& probes() override { return probes_; }
  GuardMemory& guard() override { return guard_; }
  PerformanceStore& performance() override { return performance_; }
  JobStore& jobs() override { return jobs_; }

 private:
  explicit SqlStateStore(std::unique_ptr<SqlDatabase> database);
  Result<std::optional<model::DayPlan>> read_plan(Day day);

  std::unique_ptr<SqlDatabase> database_;
  SqlProbeLedger probes_;
  SqlGuardMemory guard_;
  SqlPerformanceStore performance_;
  SqlJobStore jobs_;
};

}  // namespace spotvane::adapters
