#include "adapters/sql/migrations.hpp"

#include <cstdint>

namespace spotvane::adapters {

namespace {

constexpr std::int64_t kApplicationId = 0x53705661;  // "SpVa", in SQLite's header: the file is ours

Result<std::int64_t> integer(SqliteDatabase& database, const char* sql) {
  auto answer =
      database.first<std::int64_t>(sql, [](const SqliteStatement& row) { return row.integer(0); });
  return answer.map([](const auto& value) { return value.value_or(0); });
}

/// The schema's version; 0 for a new database.
Result<std::int64_t> schema_version(SqliteDatabase& database, std::int64_t newest) {
  const auto application = integer(database, "pragma application_id");
  const auto version = integer(database, "pragma user_version");
  const auto tables = integer(database, "select count(*) from sqlite_master");
  for (const auto* read : {&application, &version, &tables}) {
    if (!*read) {
      return tl::unexpected(read->error());
    }
  }
  const bool is_ours = *application == kApplicationId;
  const bool is_empty = *application == 0 && *version == 0 && *tables == 0;
  if (!is_ours && !is_empty) {
    return tl::unexpected(Error{ErrorKind::Storage,
                                fmt::format("'{}' is another program's database", database.file()),
                                "move it away, or choose another home with --home"});
  }
  if (*version > newest) {
    return tl::unexpected(
        Error{ErrorKind::Storage,
              fmt::format("'{}' was made by a newer spotvane (schema {}, this program knows {})",
                          database.file(), *version, newest),
              "install the newer spotvane again, or choose another home with --home"});
  }
  return *version;
}

}  // namespace

Result<void> migrate(SqliteDatabase& database, std::span<const Migration> steps) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  const auto version = schema_version(database, newest);
  if (!version) {
    return tl::unexpected(version.error());
  }
  if (*version == newest) {
    return {};
  }
  return database.transaction([&]() -> Result<void> {
    // Another process may have been quicker while we waited for the lock.
    const auto current = schema_version(database, newest);
    if (!current) {
      return tl::unexpected(current.error());
    }
    for (const auto& step : steps.subspan(static_cast<std::size_t>(*current))) {
      if (auto done = database.execute(step.sql); !done) {
        return tl::unexpected(
            std::move(done).error().during(fmt::format("migration '{}'", step.name)));
      }
    }
    return database.execute(fmt::format("pragma application_id = {}; pragma user_version = {}",
                                        kApplicationId, newest));
  });
}

Result<void> check_schema(SqliteDatabase& database, std::span<const Migration> steps) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  return schema_version(database, newest).and_then([&](std::int64_t version) -> Result<void> {
    if (version == newest) {
      return {};
    }
    return tl::unexpected(
        Error{ErrorKind::Storage,
              fmt::format("'{}' was made by an older spotvane (schema {}, this program reads {})",
                          database.file(), version, newest),
              "run a command that writes once, where it can be written: `spotvane archive compact` "
              "brings it up to date and loses nothing"});
  });
}

}  // namespace spotvane::adapters
