#pragma once

#include "adapters/sql/postgres_api.hpp"
#include "adapters/sql/postgres_connection.hpp"
#include "adapters/sql/postgres_use.hpp"
#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string>

namespace spotvane::adapters {

/// The way to a server, connected anew where a connection was lost.
///
/// `Exclusive` is a lock of the connection's: the server takes it back when the process dies, or
/// cannot be reached any more. Whoever lost the connection must get the lock anew. So nobody who
/// has lost it writes.
class PostgresSession {
 public:
  /// Connects to nothing yet. Fails with `InvalidInput` where the address makes no sense.
  static Result<PostgresSession> make(const std::string& url, PostgresUse use);

  /// Connects, if there is no connection. Fails with `Busy` where another is `Exclusive`, naming
  /// it, and with `Storage`.
  Result<void> connect();

  /// None where it was lost, or never made.
  PostgresConnection* connection() { return connection_ ? &*connection_ : nullptr; }
  void lose_connection() { connection_.reset(); }

  /// The address, without its password.
  const std::string& name() const { return name_; }
  /// What no other program has: it stays over connections.
  const std::string& id() const { return id_; }
  /// Whether the user may write there, if not by this session.
  bool can_be_written() const { return can_be_written_; }
  /// "PostgreSQL 15.18".
  std::string server() const;

 private:
  /// The server's process that serves a connection.
  struct Backend {
    std::string pid;
    std::string started;
  };

  PostgresSession(PostgresApi api, std::string url, PostgresUse use);
  Result<void> set_up(PostgresConnection& connection);
  Result<void> end_former(PostgresConnection& connection);
  Result<void> lock(PostgresConnection& connection) const;
  tl::unexpected<Error> refuse(const PostgresFailure& failure) const;

  std::shared_ptr<const PostgresApi> api_;  ///< stays where it is when this moves
  std::string url_;
  std::string name_;
  PostgresUse use_;
  std::optional<PostgresConnection> connection_;
  Backend backend_;
  std::optional<Backend> former_;  ///< of a connection that was lost
  std::string id_;
  int version_ = 0;
  bool can_be_written_ = false;
};

}  // namespace spotvane::adapters
