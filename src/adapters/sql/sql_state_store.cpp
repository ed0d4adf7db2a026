#include "adapters/sql/sql_state_store.hpp"

#include "adapters/sql/lake_file_row.hpp"
#include "adapters/sql/migrations.hpp"
#include "adapters/sql/sql_database.hpp"
#include "model/outcome.hpp"

#include <algorithm>
#include <tuple>

namespace spotvane::adapters {

namespace {

Result<void> add_files(SqlDatabase& database, const std::vector<LakeFile>& files) {
  return database.run_for_each(
      "insert into archive_file (path, sha256, row_count, byte_count, from_ms, to_ms)"
      " values (?, ?, ?, ?, ?, ?) on conflict (path) do update set sha256 = excluded.sha256,"
      " row_count = excluded.row_count, byte_count = excluded.byte_count,"
      " from_ms = excluded.from_ms, to_ms = excluded.to_ms",
      files, [](const LakeFile& file) {
        return std::tuple{std::string_view{file.path},
                          std::string_view{file.sha256},
                          file.rows,
                          file.bytes,
                          file.from,
                          file.to};
      });
}

Result<void> remove_file(SqlDatabase& database, const LakeFile& file, std::string_view why_not) {
  return database.run("delete from archive_file where path = ?", std::string_view{file.path})
      .and_then([&]() -> Result<void> {
        return database.changed_rows() > 0
                   ? Result<void>{}
                   : fail(ErrorKind::Storage, "archive file '{}' {}", file.path, why_not);
      });
}

}  // namespace

Result<std::unique_ptr<SqlStateStore>> SqlStateStore::open(std::unique_ptr<SqlDatabase> database) {
  return migrate(*database, migrations()).map([&] {
    return std::unique_ptr<SqlStateStore>{new SqlStateStore{std::move(database)}};
  });
}

Result<std::unique_ptr<SqlStateStore>> SqlStateStore::open_to_read(
    std::unique_ptr<SqlDatabase> database) {
  return check_schema(*database, migrations()).map([&] {
    return std::unique_ptr<SqlStateStore>{new SqlStateStore{std::move(database)}};
  });
}

SqlStateStore::SqlStateStore(std::unique_ptr<SqlDatabase> database)
    : database_{std::move(database)},
      probes_{*database_},
      guard_{*database_},
      performance_{*database_},
      jobs_{*database_} {}

SqlStateStore::~SqlStateStore() = default;

bool SqlStateStore::can_be_written() const {
  return database_->can_be_written();
}

Result<void> SqlStateStore::record_uses(const std::vector<model::LedgerEntry>& uses) {
  return database_->transaction([&] {
    return database_->run_for_each(
        "insert into quota_use (credential, configuration, first_used_ms, last_used_ms, outcome)"
        " values (?, ?, ?, ?, ?) on conflict (credential, configuration) do update set"
        " first_used_ms = excluded.first_used_ms, last_used_ms = excluded.last_used_ms,"
        " outcome = excluded.outcome",
        uses, [](const model::LedgerEntry& use) {
          const auto outcome =
              use.outcome ? std::optional{model::to_text(*use.outcome)} : std::nullopt;
          return std::tuple{use.credential, std::string_view{use.configuration}, use.first_used,
                            use.last_used, outcome};
        });
  });
}

Result<std::vector<model::LedgerEntry>> SqlStateStore::uses_since(
    const model::CredentialName& credential, TimePoint since) {
  return database_->rows<model::LedgerEntry>(
      "select configuration, first_used_ms, last_used_ms, outcome from quota_use"
      " where credential = ? and last_used_ms >= ? order by configuration",
      [&](const SqlStatement& row) {
        const auto outcome = row.text(3);
        return model::LedgerEntry{.credential = credential,
                                  .configuration = row.text(0),
                                  .first_used = row.time(1),
                                  .last_used = row.time(2),
                                  .outcome = outcome.empty()
                                                 ? std::nullopt
                                                 : std::optional{model::parse_outcome(outcome)}};
      },
      credential, since);
}

Result<std::optional<model::QuotaLimit>> SqlStateStore::quota_limit(
    const model::CredentialName& credential) {
  return database_->first<model::QuotaLimit>(
      "select largest_accepted, refused_beyond, refused_at_ms from quota_limit where credential = "
      "?",
      [&](const SqlStatement& row) {
        return model::QuotaLimit{.credential = credential,
                                 .largest_accepted = row.number(0),
                                 .refused_beyond = row.number(1),
                                 .refused_at = row.time(2)};
      },
      credential);
}

Result<void> SqlStateStore::save_quota_limit(const model::QuotaLimit& limit) {
  return database_->transaction([&] {
    return database_->run(
        "insert into quota_limit (credential, largest_accepted, refused_beyond, refused_at_ms)"
        " values (?, ?, ?, ?) on conflict (credential) do update set"
        " largest_accepted = excluded.largest_accepted, refused_beyond = excluded.refused_beyond,"
        " refused_at_ms = excluded.refused_at_ms",
        limit.credential, limit.largest_accepted, limit.refused_beyond, limit.refused_at);
  });
}

Result<void> SqlStateStore::commit_cycle(const CycleRecord& record) {
  return database_->transaction([&]() -> Result<void> {
    const auto path =
        record.file ? std::optional{std::string_view{record.file->path}} : std::nullopt;
    const auto files = record.file ? std::vector{*record.file} : std::vector<LakeFile>{};
    std::int64_t position = 0;
    // An earlier commit of the cycle takes its outcomes along.
    return database_->run("delete from cycle where started_ms = ?", record.cycle)
        .and_then([&] {
          return database_->run(
              "insert into cycle (started_ms, pools, changes, file_path) values (?, ?, ?, ?)",
              record.cycle, record.pools, record.changes, path);
        })
        .and_then([&] { return add_files(*database_, files); })
        .and_then([&] {
          return database_->run_for_each(
              "insert into source_outcome"
              " (cycle_ms, position, source, asked, outcome, note)"
              " values (?, ?, ?, ?, ?, ?)",
              record.outcomes, [&](const model::SourceOutcome& outcome) {
                return std::tuple{record.cycle,
                                  position++,
                                  std::string_view{outcome.source},
                                  std::string_view{outcome.asked},
                                  model::to_text(outcome.outcome),
                                  std::string_view{outcome.note}};
              });
        });
  });
}

Result<std::optional<TimePoint>> SqlStateStore::latest_cycle() {
  return database_->first<TimePoint>(
      "select started_ms from cycle order by started_ms desc limit 1",
      [](const SqlStatement& row) { return row.time(0); });
}

Result<std::vector<TimePoint>> SqlStateStore::cycles(TimePoint from, TimePoint to) {
  return database_->rows<TimePoint>(
      "select started_ms from cycle where started_ms >= ? and started_ms < ? order by started_ms",
      [](const SqlStatement& row) { return row.time(0); }, from, to);
}

Result<std::vector<OutcomeCount>> SqlStateStore::outcome_counts(TimePoint from, TimePoint to) {
  return database_
      ->rows<OutcomeCount>(
          "select source, outcome, count(*) from source_outcome"
          " where cycle_ms >= ? and cycle_ms < ? group by source, outcome",
          [](const SqlStatement& row) {
            return OutcomeCount{row.text(0), model::parse_outcome(row.text(1)),
                                static_cast<std::uint64_t>(row.integer(2))};
          },
          from, to)
      .map([](std::vector<OutcomeCount>&& counts) {
        std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
          return std::tie(a.source, a.outcome) < std::tie(b.source, b.outcome);
        });
        return std::move(counts);
      });
}

Result<void> SqlStateStore::commit_import(const ImportRecord& record) {
  return database_->transaction([&]() -> Result<void> {
    return database_
        ->run_for_each("insert into cycle (started_ms, pools, changes) values (?, ?, ?)",
                       record.snapshots,
                       [](const ImportedSnapshot& snapshot) {
                         return std::tuple{snapshot.taken, snapshot.pools, snapshot.changes};
                       })
        .and_then([&] {
          return database_->run_for_each(
              "insert into imported_snapshot (cycle_ms, path, row_count, is_whole)"
              " values (?, ?, ?, ?)",
              record.snapshots, [](const ImportedSnapshot& snapshot) {
                return std::tuple{snapshot.taken, std::string_view{snapshot.path}, snapshot.rows,
                                  snapshot.is_whole};
              });
        })
        .and_then([&] { return add_files(*database_, record.files); });
  });
}

Result<std::vector<ImportedSnapshot>> SqlStateStore::imported_snapshots(TimePoint from,
                                                                        TimePoint to) {
  return database_->rows<ImportedSnapshot>(
      "select cycle_ms, path, row_count, pools, changes, is_whole"
      " from imported_snapshot join cycle on started_ms = cycle_ms"
      " where cycle_ms >= ? and cycle_ms < ? order by cycle_ms",
      [](const SqlStatement& row) {
        return ImportedSnapshot{.taken = row.time(0),
                                .path = row.text(1),
                                .rows = static_cast<std::uint64_t>(row.integer(2)),
                                .pools = static_cast<std::uint64_t>(row.integer(3)),
                                .changes = static_cast<std::uint64_t>(row.integer(4)),
                                .is_whole = row.flag(5)};
      },
      from, to);
}

Result<std::vector<LakeFile>> SqlStateStore::files() {
  return database_->rows<LakeFile>(
      "select path, sha256, row_count, byte_count, from_ms, to_ms from archive_file order by path",
      read_lake_file);
}

Result<void> SqlStateStore::replace_files(const std::vector<LakeFile>& removed,
                                          const std::vector<LakeFile>& added) {
  return database_->transaction([&]() -> Result<void> {
    for (const auto& file : removed) {
      if (auto done = remove_file(*database_, file, "has been replaced already"); !done) {
        return done;
      }
    }
    return add_files(*database_, added);
  });
}

Result<void> SqlStateStore::give_up_files(const std::vector<LostFile>& lost) {
  return database_->transaction([&]() -> Result<void> {
    for (const auto& [file, given_up, reason] : lost) {
      if (auto done = remove_file(*database_, file, "is not listed"); !done) {
        return done;
      }
    }
    return database_->run_for_each(
        "insert into lost_file"
        " (path, sha256, row_count, byte_count, from_ms, to_ms, given_up_ms, reason)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (path, sha256) do update set"
        " row_count = excluded.row_count, byte_count = excluded.byte_count,"
        " from_ms = excluded.from_ms, to_ms = excluded.to_ms,"
        " given_up_ms = excluded.given_up_ms, reason = excluded.reason",
        lost, [](const LostFile& one) {
          return std::tuple{std::string_view{one.file.path},
                            std::string_view{one.file.sha256},
                            one.file.rows,
                            one.file.bytes,
                            one.file.from,
                            one.file.to,
                            one.given_up,
                            std::string_view{one.reason}};
        });
  });
}

Result<std::vector<LostFile>> SqlStateStore::lost_files() {
  return database_->rows<LostFile>(
      "select path, sha256, row_count, byte_count, from_ms, to_ms, given_up_ms, reason"
      " from lost_file order by path, sha256",
      [](const SqlStatement& row) {
        return LostFile{read_lake_file(row), row.time(6), row.text(7)};
      });
}

Result<void> SqlStateStore::save_note(const std::string& name, const std::string& value) {
  return database_->transaction([&] {
    return database_->run(
        "insert into note (name, value) values (?, ?)"
        " on conflict (name) do update set value = excluded.value",
        std::string_view{name}, std::string_view{value});
  });
}

Result<std::optional<std::string>> SqlStateStore::note(const std::string& name) {
  return database_->first<std::string>(
      "select value from note where name = ?", [](const SqlStatement& row) { return row.text(0); },
      std::string_view{name});
}

}  // namespace spotvane::adapters
