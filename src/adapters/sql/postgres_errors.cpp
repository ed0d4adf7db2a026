#include "adapters/sql/postgres_errors.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

constexpr const char* kDiskFull = "53100";
constexpr const char* kLockNotAvailable = "55P03";
constexpr const char* kReadOnly = "25006";
constexpr const char* kNoPrivilege = "42501";
constexpr const char* kSerializationFailure = "40001";
constexpr const char* kDeadlock = "40P01";

}  // namespace

bool is_conflict(const PostgresFailure& failure) {
  return failure.sqlstate == kSerializationFailure || failure.sqlstate == kDeadlock;
}

Error describe_postgres_failure(const std::string& name, const PostgresFailure& failure) {
  const auto storage = [&](std::string_view what, std::string hint) {
    return Error{ErrorKind::Storage, fmt::format("state database '{}' {}", name, what),
                 std::move(hint)};
  };
  const auto& code = failure.sqlstate;
  if (failure.is_lost) {
    return storage(
        fmt::format("cannot be reached: {}", failure.message),
        "see that its server runs and that the address is right: `spotvane config check` "
        "tries it");
  }
  if (code == kDiskFull) {
    return storage("cannot grow: its server's disk is full", "free some space there");
  }
  if (code == kLockNotAvailable || is_conflict(failure)) {
    return storage("is in use by another process", "try again when that one has finished");
  }
  if (code == kReadOnly) {
    return storage("cannot be written: it was opened to read, or its server only reads",
                   "name the primary server, where this one is a standby");
  }
  if (code == kNoPrivilege) {
    return storage(
        fmt::format("refused: {}", failure.message),
        "as its owner: `grant create on database NAME to USER`; to read only: `grant usage "
        "on schema spotvane to USER; grant select on all tables in schema spotvane to "
        "USER`");
  }
  if (code.starts_with("XX")) {
    return {ErrorKind::Corrupt,
            fmt::format("state database '{}' is damaged: {}", name, failure.message),
            "bring it back from a backup; the archive is not affected"};
  }
  return storage(fmt::format("refused: {}", failure.message), {});
}

}  // namespace spotvane::adapters
