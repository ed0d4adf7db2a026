#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/outcome.hpp"
#include "model/plan.hpp"
#include "model/price.hpp"
#include "ports/guard_memory.hpp"
#include "ports/job_store.hpp"
#include "ports/lake_file.hpp"
#include "ports/performance_store.hpp"
#include "ports/probe_ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spotvane {

/// A file of the archive that was given up: damaged, or gone.
struct LostFile {
  LakeFile file;
  TimePoint given_up;
  std::string reason;

  friend bool operator==(const LostFile&, const LostFile&) = default;
};

/// A finished collection cycle: all of it is recorded at once, or nothing.
struct CycleRecord {
  TimePoint cycle;                    ///< when it began
  std::optional<LakeFile> file = {};  ///< none where nothing had changed
  std::uint64_t pools = 0;            ///< known after it
  std::uint64_t changes = 0;
  std::vector<model::SourceOutcome> outcomes = {};
};

/// A snapshot of somebody's archive that became a cycle of ours.
struct ImportedSnapshot {
  TimePoint taken;            ///< the cycle's time
  std::string path;           ///< below its archive's root
  std::uint64_t rows = 0;     ///< that could be used
  std::uint64_t pools = 0;    ///< known after it
  std::uint64_t changes = 0;  ///< it made
  bool is_whole = true;       ///< else damaged: pools it did not name are as they were

  friend bool operator==(const ImportedSnapshot&, const ImportedSnapshot&) = default;
};

/// Some snapshots and the archive files with their changes: all at once, or nothing.
struct ImportRecord {
  std::vector<ImportedSnapshot> snapshots;
  std::vector<LakeFile> files;
};

/// How many requests to a source ended in which way.
struct OutcomeCount {
  std::string source;
  model::Outcome outcome = model::Outcome::Ok;
  std::uint64_t count = 0;
};

/// What must survive a restart: ledger, plans, scores, cycles and the list of archive files.
///
/// Every call is one transaction: after it returns, its effect is durable; had it failed or had the
/// program died, there is none. Fails with `Storage`.
class StateStore {
 public:
  virtual ~StateStore() = default;

  // The quota ledger.
  virtual Result<void> record_uses(const std::vector<model::LedgerEntry>& uses) = 0;
  virtual Result<std::vector<model::LedgerEntry>> uses_since(
      const model::CredentialName& credential, TimePoint since) = 0;
  virtual Result<std::optional<model::QuotaLimit>> quota_limit(
      const model::CredentialName& credential) = 0;
  virtual Result<void> save_quota_limit(const model::QuotaLimit& limit) = 0;

  // Plans and scores. Saving a day's again replaces it.
  virtual Result<void> save_plan(const model::DayPlan& plan) = 0;
  virtual Result<std::optional<model::DayPlan>> plan(Day day) = 0;
  virtual Result<void> save_daily_scores(Day day, const std::vector<model::DailyScore>& scores) = 0;
  virtual Result<std::vector<model::DailyScore>> daily_scores(Day day) = 0;
  virtual Result<void> save_initial_scores(const std::vector<model::InitialScore>& scores) = 0;
  virtual Result<std::vector<model::InitialScore>> initial_scores() = 0;

  // Collection.
  virtual Result<void> commit_cycle(const CycleRecord& record) = 0;
  virtual Result<std::optional<TimePoint>> latest_cycle() = 0;
  virtual Result<std::vector<TimePoint>> cycles(TimePoint from, TimePoint to) = 0;
  virtual Result<std::vector<OutcomeCount>> outcome_counts(TimePoint from, TimePoint to) = 0;

  // Import. A cycle that somebody else collected is one of ours from then on.
  /// Fails, and changes nothing, where there is a cycle at one of the times already.
  virtual Result<void> commit_import(const ImportRecord& record) = 0;
  /// By time.
  virtual Result<std::vector<ImportedSnapshot>> imported_snapshots(TimePoint from,
                                                                   TimePoint to) = 0;

  // The archive's files.
  virtual Result<std::vector<LakeFile>> files() = 0;
  /// Compaction: `added` takes the place of `removed`, at once.
  virtual Result<void> replace_files(const std::vector<LakeFile>& removed,
                                     const std::vector<LakeFile>& added) = 0;
  /// Lists the files no more, and remembers that they were. Fails, and changes nothing, where one
  /// of them is not listed.
  virtual Result<void> give_up_files(const std::vector<LostFile>& lost) = 0;
  /// Every file that was ever given up, by path.
  virtual Result<std::vector<LostFile>> lost_files() = 0;

  // What the sources last said, so that a restart need not ask again.
  virtual Result<void> save_note(const std::string& name, const std::string& value) = 0;
  virtual Result<std::optional<std::string>> note(const std::string& name) = 0;

  /// The part of it that keeps probes; lives as long as the store.
  virtual ProbeLedger& probes() = 0;

  /// The part of it that controllers share; lives as long as the store.
  virtual GuardMemory& guard() = 0;

  /// The part of it that keeps how fast instances did which work; lives as long as the store.
  virtual PerformanceStore& performance() = 0;

  /// The part of it that keeps jobs; lives as long as the store.
  virtual JobStore& jobs() = 0;
};

}  // namespace spotvane
