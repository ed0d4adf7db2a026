#pragma once

#include "ports/state_store.hpp"
#include "sim/crash.hpp"
#include "sim/memory_guard_memory.hpp"
#include "sim/memory_job_store.hpp"
#include "sim/memory_performance_store.hpp"
#include "sim/memory_probe_ledger.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace spotvane::sim {

/// The state store as a value in memory. It outlives the process that uses it, as a disk would:
/// each call marks two places to crash at, before and after its effect.
class MemoryStateStore final : public StateStore {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryStateStore(CrashPoint* crash = nullptr)
      : crash_{crash}, probes_{crash}, guard_{crash}, performance_{crash}, jobs_{crash} {}

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
  Result<void> replace_files(const std::vector<LakeFile>& removed,
                             const std::vector<LakeFile>& added) override;
  Result<void> give_up_files(const std::vector<LostFile>& lost) override;
  Result<std::vector<LostFile>> lost_files() override;

  Result<void> save_note(const std::string& name, const std::string& value) override;
  Result<std::optional<std::string>> note(const std::string& name) override;
  MemoryProbeLedger& probes() override { return probes_; }
  MemoryGuardMemory& guard() override { return guard_; }
  MemoryPerformanceStore& performance() override { return performance_; }
  MemoryJobStore& jobs() override { return jobs_; }

  /// Every finished cycle, by time: for tests to look at.
  const std::map<TimePoint, CycleRecord>& records() const { return records_; }

  /// From now on every write fails with `Storage`, as on a full disk.
  void set_full(bool is_full) {
    is_full_ = is_full;
    probes_.set_full(is_full);
    performance_.set_full(is_full);
    jobs_.set_full(is_full);
  }

  /// The `number`th write from now on, from 0, has its effect and fails all the same: the
  /// connection broke before the answer came.
  void lose_answer(std::uint64_t number) { answers_left_ = number; }
  bool has_lost_answer() const { return has_lost_answer_; }

 private:
  template <typename Effect>
  Result<void> write(Effect effect);

  CrashPoint* crash_;
  bool is_full_ = false;
  std::uint64_t answers_left_ = std::numeric_limits<std::uint64_t>::max();  // until one is lost
  bool has_lost_answer_ = false;
  std::map<std::pair<model::CredentialName, std::string>, model::LedgerEntry> uses_;
  std::map<model::CredentialName, model::QuotaLimit> limits_;
  std::map<Day, model::DayPlan> plans_;
  std::map<Day, std::vector<model::DailyScore>> daily_scores_;
  std::vector<model::InitialScore> initial_scores_;
  std::map<TimePoint, CycleRecord> records_;
  std::map<TimePoint, ImportedSnapshot> imports_;
  std::map<std::string, LakeFile> files_;
  std::map<std::pair<std::string, std::string>, LostFile> lost_;  // by path and checksum
  std::map<std::string, std::string> notes_;
  MemoryProbeLedger probes_;
  MemoryGuardMemory guard_;
  MemoryPerformanceStore performance_;
  MemoryJobStore jobs_;
};

}  // namespace spotvane::sim
