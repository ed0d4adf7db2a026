#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace spotvane::support {

/// A PostgreSQL server of the tests' own, in a folder and on a Unix socket of its own: Debian's
/// package `postgresql`. It dies with the test program.
class PostgresServer {
 public:
  /// The one of this test program, started when first asked for; none where none is installed.
  static PostgresServer* shared();

  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// The address of a database that nothing is in yet.
  std::string new_database();

  /// The address as seen through another socket's folder, or as another user.
  std::string address(const std::string& database, const std::string& user = "spotvane",
                      const std::filesystem::path& socket_folder = {}) const;

  /// Runs `sql` as the server's owner; what it printed.
  std::string run(const std::string& database, const std::string& sql);

  /// Ends the connections of all others to the database.
  void cut_connections(const std::string& database);

  void start();
  /// As a power cut would, or in good order.
  void stop(bool is_sudden);

  std::filesystem::path socket() const { return folder_ / ".s.PGSQL.5432"; }

 private:
  explicit PostgresServer(std::filesystem::path programs);
  std::vector<std::string> command(const std::string& program) const;

  std::filesystem::path programs_;
  std::filesystem::path folder_;
  pid_t process_ = -1;
  int log_ = -1;
  int databases_ = 0;
};

/// The name at the end of an address.
std::string database_of(const std::string& address);

}  // namespace spotvane::support
