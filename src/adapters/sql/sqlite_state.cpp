#include "adapters/sql/sqlite_state.hpp"

#include "adapters/sql/sqlite_database.hpp"

#include <system_error>
#include <utility>

namespace spotvane::adapters {

Result<std::unique_ptr<SqlStateStore>> open_sqlite_state(const std::filesystem::path& file,
                                                         Duration busy_timeout) {
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  if (failure && !file.parent_path().empty()) {
    return tl::unexpected(Error{ErrorKind::Storage,
                                fmt::format("cannot create folder '{}': {}",
                                            file.parent_path().native(), failure.message()),
                                "choose another home with --home"});
  }
  return SqliteDatabase::open(file, busy_timeout).and_then([](SqliteDatabase&& database) {
    return SqlStateStore::open(std::make_unique<SqliteDatabase>(std::move(database)));
  });
}

Result<std::unique_ptr<SqlStateStore>> open_sqlite_state_to_read(const std::filesystem::path& file,
                                                                 Duration busy_timeout) {
  return SqliteDatabase::open_to_read(file, busy_timeout).and_then([](SqliteDatabase&& database) {
    return SqlStateStore::open_to_read(std::make_unique<SqliteDatabase>(std::move(database)));
  });
}

}  // namespace spotvane::adapters
