#pragma once

#include "adapters/sql/sql_database.hpp"

#include <filesystem>
#include <string>

struct sqlite3;

namespace spotvane::adapters {

/// A database file, open. Its transactions take the lock at once: one that first reads and then
/// wants to write could be refused half-way.
class SqliteDatabase final : public SqlDatabase {
 public:
  /// Creates the file where it is missing. Waits at most `busy_timeout` for other processes.
  static Result<SqliteDatabase> open(const std::filesystem::path& file, Duration busy_timeout);

  /// Opens a file that is there, to read: every statement that writes is refused. Where file or
  /// folder cannot be written, nothing appears beside the file either.
  static Result<SqliteDatabase> open_to_read(const std::filesystem::path& file,
                                             Duration busy_timeout);

  ~SqliteDatabase() override;
  SqliteDatabase(SqliteDatabase&& other) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&&) = delete;

  std::string name() const override { return file_; }
  std::string way_out() const override { return "choose another home with --home"; }
  bool can_be_written() const override;
  Result<void> execute(const std::string& sql) override;
  Result<std::unique_ptr<SqlStatement>> prepare(std::string_view sql) override;
  std::int64_t changed_rows() const override;
  Result<void> transaction(const Body& body) override;
  Result<void> snapshot(const Body& body) override;

  Result<std::int64_t> schema_version() override;
  Result<void> set_schema_version(std::int64_t version) override;
  Result<void> execute_migration(const std::string& sql) override { return execute(sql); }
  Result<void> change_schema(const Body& body) override { return transaction(body); }

 private:
  SqliteDatabase(std::string file, sqlite3* handle) : file_{std::move(file)}, handle_{handle} {}
  Result<void> enclose(const std::string& begin, const Body& body);
  Result<std::int64_t> integer(const char* sql);
  /// What SQLite's result `code` means for this file.
  Error error(int code) const;

  std::string file_;
  sqlite3* handle_;
};

}  // namespace spotvane::adapters
