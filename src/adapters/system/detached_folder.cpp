#include "adapters/system/detached_folder.hpp"

#include "adapters/system/reset_signals.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr const char* kLockFile = "alive";  // with the number of the process group
constexpr const char* kLogFile = "log";
constexpr int kNotExecuted = 127;

class Opened {
 public:
  Opened(const std::filesystem::path& path, int flags)
      : number_{::open(path.c_str(), flags | O_CLOEXEC, 0600)} {}
  ~Opened() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> trouble_with(std::string_view activity, const std::filesystem::path& path,
                                   int number) {
  return fail(ErrorKind::Storage, "{} '{}': {}", activity, path.native(),
              std::generic_category().message(number));
}

struct Launch {
  char* const* words;
  const char* folder;
  int lock;
  int log;
  int refusal;  // where the number of an error goes
};

/// In a process made for this. Nothing may be allocated from here on.
[[noreturn]] void become(const Launch& launch) {
  constexpr int kLock = 3;
  constexpr int kRefusal = 4;
  constexpr int kBeyond = 5;
  std::array<char, 16> number = {};
  const auto* end = std::to_chars(number.data(), number.data() + number.size(), getpgrp()).ptr;
  const auto length = end - number.data();
  const int lock = fcntl(launch.lock, F_DUPFD, kBeyond);
  const int log = fcntl(launch.log, F_DUPFD, kBeyond);
  const int refusal = fcntl(launch.refusal, F_DUPFD, kBeyond);
  const bool is_told = ftruncate(lock, 0) == 0 &&
                       pwrite(lock, number.data(), static_cast<std::size_t>(length), 0) == length;
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  dup2(lock, kLock);
  dup3(refusal, kRefusal, O_CLOEXEC);
  close_range(kBeyond, ~0U, 0);
  reset_signals();
  if (is_told && chdir(launch.folder) == 0) {
    execvp(launch.words[0], launch.words);
  }
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(kRefusal, &error, sizeof error);
  _exit(kNotExecuted);
}

}  // namespace

Result<void> DetachedFolder::start(const std::string& name, const std::vector<std::string>& words) {
  const auto place = root_ / name;
  std::error_code failed;
  std::filesystem::create_directories(place, failed);
  const Opened lock{place / kLockFile, O_RDWR | O_CREAT};
  const Opened log{place / kLogFile, O_WRONLY | O_CREAT | O_APPEND};
  if (failed || !lock || !log) {
    return trouble_with("start a program in", place, failed ? failed.value() : errno);
  }
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::Busy, "'{}' runs already", place.native());
  }
  auto texts = words;
  std::vector<char*> arguments;
  for (auto& text : texts) {
    arguments.push_back(text.data());
  }
  arguments.push_back(nullptr);
  const auto& folder = place.native();
  std::array<int, 2> refusal = {};
  if (::pipe2(refusal.data(), O_CLOEXEC) != 0) {
    return trouble_with("start a program in", place, errno);
  }
  const Launch launch{arguments.data(), folder.c_str(), lock.number(), log.number(), refusal[1]};
  // Twice: the second has no parent that would have to wait for it, and no terminal.
  const pid_t between = ::fork();
  if (between == 0) {
    setsid();
    const pid_t last = ::fork();
    if (last == 0) {
      become(launch);
    }
    _exit(last < 0 ? kNotExecuted : 0);
  }
  ::close(refusal[1]);
  int status = between < 0 ? -1 : 0;
  const bool is_made = between > 0 && ::waitpid(between, &status, 0) == between && status == 0;
  int error = 0;
  const bool is_refused = ::read(refusal[0], &error, sizeof error) == sizeof error;
  ::close(refusal[0]);
  if (!is_made) {
    return fail(ErrorKind::Unavailable, "start a program in '{}': no process could be made",
                folder);
  }
  return is_refused ? Result<void>{fail(error == ENOENT ? ErrorKind::NotFound : ErrorKind::Storage,
                                        "'{}' cannot be run: {}", words.front(),
                                        std::generic_category().message(error))}
                    : Result<void>{};
}

bool DetachedFolder::is_alive(const std::string& name) const {
  const Opened lock{root_ / name / kLockFile, O_RDONLY};
  return lock && ::flock(lock.number(), LOCK_SH | LOCK_NB) != 0;
}

void DetachedFolder::kill(const std::string& name) {
  pid_t group = 0;
  std::ifstream{root_ / name / kLockFile} >> group;
  if (group > 1 && is_alive(name)) {
    ::kill(-group, SIGKILL);
  }
}

Result<std::optional<std::string>> DetachedFolder::read(const std::string& name,
                                                        const std::string& file) const {
  const auto path = root_ / name / file;
  std::ifstream stream{path, std::ios::binary};
  if (!stream && !std::filesystem::exists(path)) {
    return std::optional<std::string>{};
  }
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (stream.bad() || !stream.is_open()) {
    return trouble_with("read", path, EIO);
  }
  return std::optional{std::move(text)};
}

Result<void> DetachedFolder::write(const std::string& name, const std::string& file,
                                   const std::string& text) {
  const auto path = root_ / name / file;
  const auto aside = root_ / name / "unfinished";
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  std::ofstream stream{aside, std::ios::binary};
  stream << text;
  stream.close();
  if (!failed && stream) {
    std::filesystem::rename(aside, path, failed);
  }
  return failed || !stream
             ? Result<void>{trouble_with("write", path, failed ? failed.value() : EIO)}
             : Result<void>{};
}

void DetachedFolder::remove(const std::string& name, const std::string& file) {
  std::error_code ignored;
  std::filesystem::remove(root_ / name / file, ignored);
}

}  // namespace spotvane::adapters
