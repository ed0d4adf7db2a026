#pragma once

#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// Where a MySQL or MariaDB server is, and as whom to ask it.
struct MysqlAddress {
  std::string user;
  std::optional<std::string> password = {};  ///< none: the variable MYSQL_PWD, if it is set
  std::string host;
  unsigned port = 3306;
  std::string database;
  std::optional<std::string> socket = {};  ///< of a server on this machine, in place of the port

  /// Whatever user reads it: "mysql://host:3306/database".
  std::string name() const;
};

/// Reads "mysql://user:password@host:port/database?socket=/path"; password, port and socket may be
/// left out. Fails with `InvalidInput`, and does not repeat the address: it may hold a password.
Result<MysqlAddress> parse_mysql_address(std::string_view url);

/// The answer to a query, as text; none is NULL.
using MysqlRow = std::vector<std::optional<std::string>>;

/// A connection to a server, for as long as this lives. Times are UTC where the server knows their
/// zone.
class MysqlConnection {
 public:
  /// Fails with `Denied` (user or password), `NotFound` (no such database), `Unavailable` or
  /// `Storage` (no client library here).
  static Result<std::unique_ptr<MysqlConnection>> open(const MysqlAddress& address);

  virtual ~MysqlConnection() = default;

  /// Fails with `NotFound` where a table or column is missing, else as `open`.
  virtual Result<std::vector<MysqlRow>> query(const std::string& sql) = 0;
};

}  // namespace spotvane::adapters
