#pragma once

#include "base/named.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace spotvane::adapters {

/// A prepared statement, and the row it stands at. Its database must outlive it, and as long as one
/// has rows left to read, no other statement may run.
class SqlStatement {
 public:
  SqlStatement() = default;
  virtual ~SqlStatement() = default;
  SqlStatement(const SqlStatement&) = delete;
  SqlStatement& operator=(const SqlStatement&) = delete;

  /// Binds the parameters in order and runs it to its end; may be called again and again.
  template <typename... Values>
  Result<void> run(const Values&... values) {
    start(values...);
    return step().map([](bool /*is_row*/) {});
  }

  /// Binds the parameters in order and stands before the first row.
  template <typename... Values>
  void start(const Values&... values) {
    reset();
    [[maybe_unused]] int index = 0;
    (put(++index, values), ...);
  }

  /// To the next row; false when there is none.
  virtual Result<bool> step() = 0;

  /// Runs what `start` has bound, by the next `finish` at the latest: a server far away is told
  /// many before it must have answered one. Either of the two may tell of a failure.
  virtual Result<void> enqueue() = 0;
  virtual Result<void> finish() = 0;

  // Of the current row; columns count from 0. NULL reads as 0, or as an empty text.
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string text(int column) const = 0;
  bool flag(int column) const { return integer(column) != 0; }
  TimePoint time(int column) const { return TimePoint{Duration{integer(column)}}; }

  /// Of a column that holds an `int`.
  int number(int column) const { return static_cast<int>(integer(column)); }

 private:
  virtual void reset() = 0;
  virtual void bind(int index, std::int64_t value) = 0;
  virtual void bind(int index, double value) = 0;
  virtual void bind(int index, std::string_view value) = 0;
  virtual void bind_null(int index) = 0;

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
};

/// A database, whichever program keeps it. Statements are written so that each of them understands
/// them: parameters are `?`, a row that may be there already is `insert ... on conflict`.
///
/// Everything fails with `Storage`, or `Corrupt` where data is damaged, naming the database and
/// what the user can do.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  /// Which one it is, for messages: a file or an address, without its password.
  virtual std::string name() const = 0;

  /// What else the user could do: "choose another home with --home".
  virtual std::string way_out() const = 0;

  /// Whether it may be written, if not by this object.
  virtual bool can_be_written() const = 0;

  /// Runs statements that have no parameters and whose rows nobody wants.
  virtual Result<void> execute(const std::string& sql) = 0;

  virtual Result<std::unique_ptr<SqlStatement>> prepare(std::string_view sql) = 0;

  /// How many rows the last statement changed.
  virtual std::int64_t changed_rows() const = 0;

  using Body = std::function<Result<void>()>;

  /// Runs `body` as one transaction: all of it is durable afterwards, or, where it or the commit
  /// fails, nothing; and as if nobody else had been at it. May run `body` again, from the start,
  /// where others were in its way.
  virtual Result<void> transaction(const Body& body) = 0;

  /// What `body` reads is all of one moment.
  virtual Result<void> snapshot(const Body& body) = 0;

  // The schema, for `migrate`.
  /// 0 for a new database. Fails where it is some other program's.
  virtual Result<std::int64_t> schema_version() = 0;
  virtual Result<void> set_schema_version(std::int64_t version) = 0;
  /// Runs a migration's statements.
  virtual Result<void> execute_migration(const std::string& sql) = 0;
  /// Runs `body` as one transaction, one process at a time.
  virtual Result<void> change_schema(const Body& body) = 0;

  template <typename... Values>
  Result<void> run(std::string_view sql, const Values&... values) {
    return prepare(sql).and_then(
        [&](const std::unique_ptr<SqlStatement>& statement) { return statement->run(values...); });
  }

  /// Runs the statement once for each item, which `values` turns into a tuple of parameters.
  template <typename Items, typename Values>
  Result<void> run_for_each(std::string_view sql, const Items& items, Values values) {
    auto statement = prepare(sql);
    if (!statement) {
      return tl::unexpected(std::move(statement).error());
    }
    for (const auto& item : items) {
      std::apply([&](const auto&... each) { (*statement)->start(each...); }, values(item));
      if (auto done = (*statement)->enqueue(); !done) {
        return done;
      }
    }
    return (*statement)->finish();
  }

  /// Each row of the answer as `read` sees it.
  template <typename Row, typename Read, typename... Values>
  Result<std::vector<Row>> rows(std::string_view sql, Read read, const Values&... values) {
    auto statement = prepare(sql);
    if (!statement) {
      return tl::unexpected(std::move(statement).error());
    }
    (*statement)->start(values...);
    std::vector<Row> rows;
    for (;;) {
      auto is_row = (*statement)->step();
      if (!is_row) {
        return tl::unexpected(std::move(is_row).error());
      }
      if (!*is_row) {
        return rows;
      }
      rows.push_back(read(std::as_const(**statement)));
    }
  }

  /// The first row, if there is one.
  template <typename Row, typename Read, typename... Values>
  Result<std::optional<Row>> first(std::string_view sql, Read read, const Values&... values) {
    return rows<Row>(sql, read, values...).map([](std::vector<Row>&& rows) {
      return rows.empty() ? std::nullopt : std::optional<Row>{std::move(rows.front())};
    });
  }
};

}  // namespace spotvane::adapters
