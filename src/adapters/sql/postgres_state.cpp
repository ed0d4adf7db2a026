#include "adapters/sql/postgres_state.hpp"

#include "adapters/sql/migrations.hpp"
#include "adapters/sql/postgres_database.hpp"

#include <utility>

namespace spotvane::adapters {

Result<std::unique_ptr<SqlStateStore>> open_postgres_state(const std::string& url,
                                                           PostgresUse use) {
  auto database = PostgresDatabase::open(url, use);
  if (!database) {
    return tl::unexpected(std::move(database.error()));
  }
  if (use != PostgresUse::ReadOnly) {
    auto& opened = **database;
    return SqlStateStore::open(std::move(*database)).and_then([&](auto store) {
      return opened.forget_old_commits().map([&] { return std::move(store); });
    });
  }
  const auto version = (*database)->schema_version();
  if (!version) {
    return tl::unexpected(version.error());
  }
  if (*version == 0) {
    return tl::unexpected(
        Error{ErrorKind::NotFound,
              fmt::format("there is nothing in state database '{}' yet", (*database)->name()),
              "`spotvane collect` fills it; or name another by --state"});
  }
  return SqlStateStore::open_to_read(std::move(*database));
}

Result<std::string> describe_postgres_state(const std::string& url) {
  return PostgresDatabase::open(url, PostgresUse::ReadOnly)
      .and_then([](const std::unique_ptr<PostgresDatabase>& database) {
        const auto newest = static_cast<std::int64_t>(migrations().size());
        return database->schema_version().and_then(
            [&](std::int64_t version) -> Result<std::string> {
              if (version > newest) {
                return tl::unexpected(check_schema(*database, migrations()).error());
              }
              return version == 0 ? fmt::format("{}, empty", database->server())
                                  : fmt::format("{}, schema {}", database->server(), version);
            });
      });
}

}  // namespace spotvane::adapters
