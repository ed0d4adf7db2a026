#include "adapters/sql/migrations.hpp"

#include <cstdint>

namespace spotvane::adapters {

namespace {

/// The schema's version; 0 for a new database.
Result<std::int64_t> schema_version(SqlDatabase& database, std::int64_t newest) {
  return database.schema_version().and_then([&](std::int64_t version) -> Result<std::int64_t> {
    if (version <= newest) {
      return version;
    }
    return tl::unexpected(
        Error{ErrorKind::Storage,
              fmt::format("'{}' was made by a newer spotvane (schema {}, this program knows {})",
                          database.name(), version, newest),
              "install the newer spotvane again, or " + database.way_out()});
  });
}

}  // namespace

Result<void> migrate(SqlDatabase& database, std::span<const Migration> steps) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  const auto version = schema_version(database, newest);
  if (!version) {
    return tl::unexpected(version.error());
  }
  if (*version == newest) {
    return {};
  }
  return database.change_schema([&]() -> Result<void> {
    // Another process may have been quicker while we waited for the lock.
    const auto current = schema_version(database, newest);
    if (!current) {
      return tl::unexpected(current.error());
    }
    for (const auto& step : steps.subspan(static_cast<std::size_t>(*current))) {
      if (auto done = database.execute_migration(step.sql); !done) {
        return tl::unexpected(
            std::move(done).error().during(fmt::format("migration '{}'", step.name)));
      }
    }
    return database.set_schema_version(newest);
  });
}

Result<void> check_schema(SqlDatabase& database, std::span<const Migration> steps) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  return schema_version(database, newest).and_then([&](std::int64_t version) -> Result<void> {
    if (version == newest) {
      return {};
    }
    return tl::unexpected(
        Error{ErrorKind::Storage,
              fmt::format("'{}' was made by an older spotvane (schema {}, this program reads {})",
                          database.name(), version, newest),
              "run a command that writes once, where it can be written: `spotvane archive compact` "
              "brings it up to date and loses nothing"});
  });
}

}  // namespace spotvane::adapters
