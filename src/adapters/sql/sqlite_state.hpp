#pragma once

#include "adapters/sql/sql_state_store.hpp"

#include <filesystem>
#include <memory>

namespace spotvane::adapters {

/// The state store as one SQLite file, for one host: several processes may read, writers take
/// turns.
///
/// Creates the file and its folder where they are missing and brings the schema up to date. Fails
/// with `Storage` where the file is not ours or newer than this program. Waits at most
/// `busy_timeout`, now and later, while another process writes.
Result<std::unique_ptr<SqlStateStore>> open_sqlite_state(
    const std::filesystem::path& file, Duration busy_timeout = std::chrono::seconds{5});

/// Opens a file that is there, to read: every call that writes fails. Fails with `Storage` where
/// its schema is not this program's, or where it cannot be read without writing beside it.
Result<std::unique_ptr<SqlStateStore>> open_sqlite_state_to_read(
    const std::filesystem::path& file, Duration busy_timeout = std::chrono::seconds{5});

}  // namespace spotvane::adapters
