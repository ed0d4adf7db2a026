#include "support/postgres_server.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace spotvane::support {

namespace {

/// PostgreSQL does not run as root.
const passwd* other_user() {
  if (::geteuid() != 0) {
    return nullptr;
  }
  const auto* found = ::getpwnam("postgres");
  return found == nullptr ? ::getpwnam("nobody") : found;
}

[[noreturn]] void become(const std::vector<std::string>& command, int output) {
  if (const auto* user = other_user()) {
    if (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) {
      ::_exit(126);
    }
  }
  if (::chdir("/") != 0) {  // where we are, that user may not be allowed to
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // for the server: stop at once
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

struct Running {
  pid_t process;
  int output;
};

Running launch(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error{"no pipe"};
  }
  const auto process = ::fork();
  if (process == 0) {
    become(command, ends[1]);
  }
  ::close(ends[1]);
  return {process, ends[0]};
}

std::string read_until(int descriptor, const std::string& words) {
  std::string text;
  std::array<char, 4096> bytes{};
  while (words.empty() || text.find(words) == std::string::npos) {
    const auto count = ::read(descriptor, bytes.data(), bytes.size());
    if (count <= 0) {
      break;
    }
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::string finish(const Running& running) {
  auto text = read_until(running.output, "");
  ::close(running.output);
  int status = 0;
  ::waitpid(running.process, &status, 0);
  if (status != 0) {
    throw std::runtime_error{text};
  }
  return text;
}

/// The newest that is installed.
std::filesystem::path find_programs() {
  std::filesystem::path newest;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator{"/usr/lib/postgresql", none}) {
    const auto programs = version.path() / "bin";
    if (std::filesystem::exists(programs / "initdb", none)) {
      newest = std::max(newest, programs);
    }
  }
  return newest;
}

}  // namespace

PostgresServer* PostgresServer::shared() {
  static const std::unique_ptr<PostgresServer> server{[]() -> PostgresServer* {
    const auto programs = find_programs();
    return programs.empty() ? nullptr : new PostgresServer{programs};
  }()};
  return server.get();
}

PostgresServer::PostgresServer(std::filesystem::path programs) : programs_{std::move(programs)} {
  std::string pattern = "/tmp/spotvane-pg-XXXXXX";  // short: a socket's path has 107 bytes at most
  folder_ = ::mkdtemp(pattern.data());
  if (const auto* user = other_user()) {
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error{"cannot give the folder away"};
    }
  }
  auto command = this->command("initdb");
  command.insert(command.end(), {"--auth=trust", "--username=spotvane", "--no-sync",
                                 "--encoding=UTF8", "--locale=C.UTF-8"});
  finish(launch(command));
  start();
}

PostgresServer::~PostgresServer() {
  stop(true);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> PostgresServer::command(const std::string& program) const {
  return {programs_ / program, "-D", folder_ / "data"};
}

void PostgresServer::start() {
  auto command = this->command("postgres");
  const std::vector<std::string> settings{
      "listen_addresses=",    "fsync=off",
      "full_page_writes=off", "shared_buffers=16MB",
      "log_min_messages=log", "unix_socket_directories=" + folder_.native()};
  for (const auto& setting : settings) {
    command.insert(command.end(), {"-c", setting});
  }
  const auto running = launch(command);
  process_ = running.process;
  log_ = running.output;
  const std::string ready = "ready to accept connections";
  if (const auto log = read_until(log_, ready); log.find(ready) == std::string::npos) {
    throw std::runtime_error{log};
  }
}

void PostgresServer::stop(bool is_sudden) {
  if (process_ > 0) {
    ::kill(process_, is_sudden ? SIGQUIT : SIGINT);
    ::waitpid(process_, nullptr, 0);
    ::close(log_);
    process_ = -1;
  }
}

std::string PostgresServer::run(const std::string& database, const std::string& sql) {
  return finish(launch({programs_ / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h",
                        folder_, "-U", "spotvane", "-d", database, "-c", sql}));
}

void PostgresServer::cut_connections(const std::string& database) {
  run("postgres",
      "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = '" +
          database + "'");
}

std::string PostgresServer::address(const std::string& database, const std::string& user,
                                    const std::filesystem::path& socket_folder) const {
  const auto& folder = socket_folder.empty() ? folder_ : socket_folder;
  return "postgresql://" + user + "@/" + database + "?host=" + folder.native();
}

std::string PostgresServer::new_database() {
  const auto name = "test" + std::to_string(++databases_);
  run("postgres", "create database " + name + " template template0");
  return address(name);
}

std::string database_of(const std::string& address) {
  const auto end = address.find('?');
  const auto start = address.rfind('/', end) + 1;
  return address.substr(start, end - start);
}

}  // namespace spotvane::support
