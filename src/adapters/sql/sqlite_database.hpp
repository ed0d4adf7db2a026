#pragma once

#include "base/named.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace spotvane::adapters {

class SqliteDatabase;

/// A prepared statement. Its database must outlive it.
class SqliteStatement {
 public:
  SqliteStatement(SqliteDatabase& database, sqlite3_stmt* statement)
      : database_{&database}, statement_{statement} {}
  ~SqliteStatement();
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) = delete;

  /// Binds the parameters in order and runs it to its end; may be called again and again.
  template <typename... Values>
  Result<void> run(const Values&... values) {
    start(values...);
    auto row = step();
    return row ? Result<void>{} : tl::unexpected(std::move(row).error());
  }

  /// Binds the parameters in order and stands before the first row.
  template <typename... Values>
  void start(const Values&... values) {
    reset();
    [[maybe_unused]] int index = 0;
    (put(++index, values), ...);
  }

  /// To the next row; false when there is none.
  Result<bool> step();

  // Of the current row; columns count from 0.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool flag(int column) const { return integer(column) != 0; }
  TimePoint time(int column) const { return TimePoint{Duration{integer(column)}}; }

  /// Of a column that holds an `int`.
  int number(int column) const { return static_cast<int>(integer(column)); }

 private:
  void reset();
  void bind(int index, std::int64_t value);
  void bind(int index, double value);
  void bind(int index, std::string_view value);
  void bind_null(int index);

  template <typename Value>
  void put(int index, const Value& value) {
    if constexpr (std::is_integral_v<Value>) {
      bind(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<Value, TimePoint>) {
      bind(index, std::int64_t{value.time_since_epoch().count()});
    } else if constexpr (std::is_same_v<Value, Day>) {
      bind(index, std::string_view{to_iso8601(value)});
    } else {
      bind(index, value);
    }
  }
  template <typename Tag>
  void put(int index, const Named<Tag>& name) {
    bind(index, std::string_view{name.text()});
  }
  template <typename Value>
  void put(int index, const std::optional<Value>& value) {
    if (value) {
      put(index, *value);
    } else {
      bind_null(index);
    }
  }

  SqliteDatabase* database_;
  sqlite3_stmt* statement_;
};

/// A database file, open. Everything fails with `Storage`, or `Corrupt` where the file is damaged,
/// naming the file and what the user can do.
class SqliteDatabase {
 public:
  /// Creates the file where it is missing. Waits at most `busy_timeout` for other processes.
  static Result<SqliteDatabase> open(const std::filesystem::path& file, Duration busy_timeout);

  /// Opens a file that is there, to read: every statement that writes is refused. Where file or
  /// folder cannot be written, nothing appears beside the file either.
  static Result<SqliteDatabase> open_to_read(const std::filesystem::path& file,
                                             Duration busy_timeout);

  ~SqliteDatabase();
  SqliteDatabase(SqliteDatabase&& other) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&&) = delete;

  const std::string& file() const { return file_; }

  /// Whether the file may be written, if not by this object.
  bool can_be_written() const;

  /// Runs statements that have no parameters and whose rows nobody wants.
  Result<void> execute(const std::string& sql);

  Result<SqliteStatement> prepare(std::string_view sql);

  template <typename... Values>
  Result<void> run(std::string_view sql, const Values&... values) {
    return prepare(sql).and_then(
        [&](SqliteStatement&& statement) { return statement.run(values...); });
  }

  /// Runs the statement once for each item, which `values` turns into a tuple of parameters.
  template <typename Items, typename Values>
  Result<void> run_for_each(std::string_view sql, const Items& items, Values values) {
    auto statement = prepare(sql);
    if (!statement) {
      return tl::unexpected(std::move(statement).error());
    }
    for (const auto& item : items) {
      auto done =
          std::apply([&](const auto&... each) { return statement->run(each...); }, values(item));
      if (!done) {
        return done;
      }
    }
    return {};
  }

  /// Each row of the answer as `read` sees it.
  template <typename Row, typename Read, typename... Values>
  Result<std::vector<Row>> rows(std::string_view sql, Read read, const Values&... values) {
    auto statement = prepare(sql);
    if (!statement) {
      return tl::unexpected(std::move(statement).error());
    }
    statement->start(values...);
    std::vector<Row> rows;
    for (;;) {
      auto is_row = statement->step();
      if (!is_row) {
        return tl::unexpected(std::move(is_row).error());
      }
      if (!*is_row) {
        return rows;
      }
      rows.push_back(read(*statement));
    }
  }

  /// The first row, if there is one.
  template <typename Row, typename Read, typename... Values>
  Result<std::optional<Row>> first(std::string_view sql, Read read, const Values&... values) {
    return rows<Row>(sql, read, values...).map([](std::vector<Row>&& rows) {
      return rows.empty() ? std::nullopt : std::optional<Row>{std::move(rows.front())};
    });
  }

  /// Runs `body` as one transaction: all of it is durable afterwards, or, where it or the commit
  /// fails, nothing. Takes the lock at once: a transaction that first reads and then wants to write
  /// could be refused half-way.
  template <typename Body>
  Result<void> transaction(Body body) {
    return execute("begin immediate")
        .and_then(body)
        .and_then([&] { return execute("commit"); })
        .or_else([&](Error&& error) -> Result<void> {
          roll_back();
          return tl::unexpected(std::move(error));
        });
  }

  /// How many rows the last statement changed.
  std::int64_t changed_rows() const;

  /// What SQLite's result `code` means for this file.
  Error error(int code) const;

 private:
  SqliteDatabase(std::string file, sqlite3* handle) : file_{std::move(file)}, handle_{handle} {}
  void roll_back();

  std::string file_;
  sqlite3* handle_;
};

}  // namespace spotvane::adapters
