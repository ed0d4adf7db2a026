#pragma once

#include "ports/state_store.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::adapters {

class SqliteDatabase;

/// The state store as one SQLite file, for one host: several processes may read, writers take
/// turns.
///
/// Times are kept to the millisecond and numbers exactly. A cycle committed twice counts once, as
/// it was the second time.
class SqliteStateStore final : public StateStore {
 public:
  /// Creates the file and its folder where they are missing and brings the schema up to date. Fails
  /// with `Storage` where the file is not ours or newer than this program. Waits at most
  /// `busy_timeout`, now and later, while another process writes.
  static Result<std::unique_ptr<SqliteStateStore>> open(
      const std::filesystem::path& file, Duration busy_timeout = std::chrono::seconds{5});

  /// Opens a file that is there, to read: every call that writes fails. Fails with `Storage` where
  /// its schema is not this program's, or where it cannot be read without writing beside it.
  static Result<std::unique_ptr<SqliteStateStore>> open_to_read(
      const std::filesystem::path& file, Duration busy_timeout = std::chrono::seconds{5});

  /// Whether it could be opened to write, too.
  bool can_be_written() const;

  ~SqliteStateStore() override;

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

 private:
  explicit SqliteStateStore(std::unique_ptr<SqliteDatabase> database);

  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace spotvane::adapters
