#include "adapters/sql/sqlite_database.hpp"

#include "base/assert.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace spotvane::adapters {

namespace {

bool is_writable(const std::filesystem::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

/// SQLite's name of a file whose bytes nobody changes while it is open.
std::string immutable_name(const std::filesystem::path& file) {
  std::string name = "file:";
  for (const char letter : file.native()) {
    const bool means_something = letter == '%' || letter == '?' || letter == '#';
    name += means_something ? fmt::format("%{:02X}", static_cast<unsigned>(letter))
                            : std::string(1, letter);
  }
  return name + "?immutable=1";
}

/// How a file can be opened to read.
struct ReadingWay {
  std::string name;
  int flags = 0;
};

/// A database in WAL mode is read through two files beside it, which SQLite makes where they are
/// missing: it cannot in a folder that cannot be written, and must not where the file's owner could
/// not write to ours.
Result<ReadingWay> way_to_read(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  if (is_writable(folder) && is_writable(file)) {
    return ReadingWay{file.native(), SQLITE_OPEN_READWRITE};
  }
  std::error_code absent;
  const std::filesystem::path log{file.native() + "-wal"};
  const auto log_bytes = std::filesystem::file_size(log, absent);
  const bool has_log = !absent;
  if (has_log && std::filesystem::exists(file.native() + "-shm", absent)) {
    return ReadingWay{file.native(), SQLITE_OPEN_READONLY};
  }
  if (has_log && log_bytes > 0) {
    return tl::unexpected(Error{
        ErrorKind::Storage,
        fmt::format("state database '{}' cannot be read as it is: what was written last waits "
                    "in '{}', and its folder is read-only",
                    file.native(), log.native()),
        "make the folder writable, or copy the whole home to where it can be written, and "
        "name that by --home"});
  }
  // Nobody is at it, and all of it is in the one file.
  return ReadingWay{immutable_name(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI};
}

class SqliteStatement final : public SqlStatement {
 public:
  using Describe = std::function<Error(int code)>;

  SqliteStatement(sqlite3_stmt* statement, Describe describe)
      : statement_{statement}, describe_{std::move(describe)} {}
  ~SqliteStatement() override { sqlite3_finalize(statement_); }

  Result<bool> step() override {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
      return tl::unexpected(describe_(code));
    }
    return code == SQLITE_ROW;
  }

  Result<void> enqueue() override {
    return step().map([](bool /*is_row*/) {});
  }
  Result<void> finish() override { return {}; }

  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }

  double real(int column) const override { return sqlite3_column_double(statement_, column); }

  std::string text(int column) const override {
    const auto* const bytes =
        reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes == nullptr
               ? std::string{}
               : std::string(bytes,
                             static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }

 private:
  void reset() override { sqlite3_reset(statement_); }

  void bind(int index, std::int64_t value) override {
    const int code = sqlite3_bind_int64(statement_, index, value);
    SPOTVANE_ASSERT(code == SQLITE_OK);
  }

  void bind(int index, double value) override {
    const int code = sqlite3_bind_double(statement_, index, value);
    SPOTVANE_ASSERT(code == SQLITE_OK);
  }

  void bind(int index, std::string_view value) override {
    // A null pointer would bind NULL: an empty text must not.
    const int code = sqlite3_bind_text64(statement_, index, value.empty() ? "" : value.data(),
                                         value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    SPOTVANE_ASSERT(code == SQLITE_OK);
  }

  void bind_null(int index) override {
    const int code = sqlite3_bind_null(statement_, index);
    SPOTVANE_ASSERT(code == SQLITE_OK);
  }

  sqlite3_stmt* statement_;
  Describe describe_;
};

constexpr std::int64_t kApplicationId = 0x53705661;  // "SpVa", in SQLite's header: the file is ours

}  // namespace

Result<SqliteDatabase> SqliteDatabase::open(const std::filesystem::path& file,
                                            Duration busy_timeout) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      file.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  SqliteDatabase database{file.native(), handle};
  if (code != SQLITE_OK) {
    return tl::unexpected(database.error(code));
  }
  if (!database.can_be_written()) {  // SQLite makes do with reading
    return tl::unexpected(database.error(SQLITE_READONLY));
  }
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  // Readers do not wait for the writer; what is committed has reached the disk.
  auto settled = database.execute(
      "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  if (!settled) {
    return tl::unexpected(std::move(settled).error());
  }
  return database;
}

Result<SqliteDatabase> SqliteDatabase::open_to_read(const std::filesystem::path& file,
                                                    Duration busy_timeout) {
  const auto way = way_to_read(file);
  if (!way) {
    return tl::unexpected(way.error());
  }
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(way->name.c_str(), &handle,
                      way->flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  SqliteDatabase database{file.native(), handle};
  if (code != SQLITE_OK) {
    return tl::unexpected(database.error(code));
  }
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  if (auto settled = database.execute("pragma query_only = on"); !settled) {
    return tl::unexpected(std::move(settled).error());
  }
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  sqlite3_close(handle_);
}

SqliteDatabase::SqliteDatabase(SqliteDatabase&& other) noexcept
    : file_{std::move(other.file_)}, handle_{std::exchange(other.handle_, nullptr)} {}

bool SqliteDatabase::can_be_written() const {
  return sqlite3_db_readonly(handle_, "main") == 0;
}

Result<void> SqliteDatabase::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Result<void>{} : tl::unexpected(error(code));
}

Result<std::unique_ptr<SqlStatement>> SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(error(code));
  }
  return std::make_unique<SqliteStatement>(statement,
                                           [this](int failure) { return error(failure); });
}

std::int64_t SqliteDatabase::changed_rows() const {
  return sqlite3_changes64(handle_);
}

Result<void> SqliteDatabase::enclose(const std::string& begin, const Body& body) {
  return execute(begin)
      .and_then(body)
      .and_then([&] { return execute("commit"); })
      .or_else([&](Error&& error) -> Result<void> {
        // SQLite has done it by itself after some failures; then this one means nothing.
        sqlite3_exec(handle_, "rollback", nullptr, nullptr, nullptr);
        return tl::unexpected(std::move(error));
      });
}

Result<void> SqliteDatabase::transaction(const Body& body) {
  return enclose("begin immediate", body);
}

Result<void> SqliteDatabase::snapshot(const Body& body) {
  return enclose("begin", body);
}

Result<std::int64_t> SqliteDatabase::integer(const char* sql) {
  return first<std::int64_t>(sql, [](const SqlStatement& row) { return row.integer(0); })
      .map([](const auto& value) { return value.value_or(0); });
}

Result<std::int64_t> SqliteDatabase::schema_version() {
  const auto application = integer("pragma application_id");
  const auto version = integer("pragma user_version");
  const auto tables = integer("select count(*) from sqlite_master");
  for (const auto* read : {&application, &version, &tables}) {
    if (!*read) {
      return tl::unexpected(read->error());
    }
  }
  const bool is_ours = *application == kApplicationId;
  const bool is_empty = *application == 0 && *version == 0 && *tables == 0;
  if (!is_ours && !is_empty) {
    return tl::unexpected(Error{ErrorKind::Storage,
                                fmt::format("'{}' is another program's database", file_),
                                "move it away, or " + way_out()});
  }
  return *version;
}

Result<void> SqliteDatabase::set_schema_version(std::int64_t version) {
  return execute(
      fmt::format("pragma application_id = {}; pragma user_version = {}", kApplicationId, version));
}

Error SqliteDatabase::error(int code) const {
  const auto storage = [&](std::string_view what, std::string hint) {
    return Error{ErrorKind::Storage, fmt::format("state database '{}' {}", file_, what),
                 std::move(hint)};
  };
  const auto another_home = way_out();
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return storage("is in use by another process", "try again when that one has finished");
    case SQLITE_FULL:
      return storage("cannot grow: the disk is full",
                     "free some space on that disk, or " + another_home);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return storage("cannot be written", "make it and its folder writable, or " + another_home);
    case SQLITE_CANTOPEN:
      return storage("cannot be opened",
                     "see that its folder exists and is writable, or " + another_home);
    case SQLITE_NOTADB:
      return storage("is not a database", "move it away, or " + another_home);
    case SQLITE_IOERR:
      return storage(fmt::format("cannot be read or written: {}", sqlite3_errmsg(handle_)),
                     "see whether the disk is full or failing");
    case SQLITE_CORRUPT:
      return {ErrorKind::Corrupt,
              fmt::format("state database '{}' is damaged: {}", file_, sqlite3_errmsg(handle_)),
              "bring it back from a backup; the archive beside it is not affected"};
    default:
      return storage(fmt::format("refused: {}", sqlite3_errmsg(handle_)), {});
  }
}

}  // namespace spotvane::adapters
