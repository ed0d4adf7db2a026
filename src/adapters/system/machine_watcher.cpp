#include "adapters/system/machine_watcher.hpp"

#include "adapters/system/reset_signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

namespace spotvane::adapters {

namespace {

// Between fork and exec, and in a process that never execs, only what is async-signal-safe.

constexpr int kCannotRun = 127;
/// Looks so often for what is left before it gives up: what is stuck in the kernel ends later.
constexpr int kMostLooks = 5000;
constexpr timespec kBetweenLooks{.tv_sec = 0, .tv_nsec = 1'000'000};

void say(int console, const char* text) {
  // Nothing can be done where the console is full.
  [[maybe_unused]] const auto written = write(console, text, std::strlen(text));
}

[[noreturn]] void run_script(const WatchedMachine& machine, pid_t watcher) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != watcher) {
    _exit(kCannotRun);
  }
  reset_signals();
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(machine.console, STDOUT_FILENO);
  dup2(machine.console, STDERR_FILENO);
  if (chdir(machine.folder) == 0) {
    close_range(STDERR_FILENO + 1, ~0U, 0);
    execve(machine.script, machine.arguments, machine.environment);
  }
  say(STDERR_FILENO, "the lab could not run the user data: ");
  say(STDERR_FILENO, strerrordesc_np(errno));
  say(STDERR_FILENO, "\n");
  _exit(kCannotRun);
}

/// Those whose parent this is: also all whose own parent has ended.
template <typename Visit>
void each_child(const Visit& visit) {
  std::array<char, 4096> text = {};
  const int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return;
  }
  pid_t child = 0;
  for (auto count = read(file, text.data(), text.size()); count > 0;
       count = read(file, text.data(), text.size())) {
    for (ssize_t i = 0; i < count; ++i) {
      const char letter = text.at(static_cast<std::size_t>(i));
      if (letter >= '0' && letter <= '9') {
        child = child * 10 + (letter - '0');
      } else if (child != 0) {
        visit(child);
        child = 0;
      }
    }
  }
  close(file);
}

class Watcher {
 public:
  explicit Watcher(const WatchedMachine& machine) : machine_{machine} {}

  [[noreturn]] void run() {
    setsid();  // so that a terminal's Ctrl-C does not reach them before the lab decides
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
      ::signal(signal, SIG_IGN);
    }
    ::signal(SIGCHLD, [](int) {});
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &child, &before);
    if (machine_.script != nullptr) {
      const pid_t self = getpid();
      group_ = fork();
      if (group_ == 0) {
        run_script(machine_, self);
      }
      setpgid(group_, group_);  // either of the two comes first
    }
    while (is_wanted(before)) {
    }
    end_all();
    _exit(0);
  }

 private:
  /// Waits for an order or the end of a child; false once all are to be ended.
  bool is_wanted(const sigset_t& while_waiting) {
    reap();
    pollfd control{.fd = machine_.control, .events = POLLIN, .revents = 0};
    if (ppoll(&control, 1, nullptr, &while_waiting) <= 0) {
      return true;
    }
    char order = 0;
    const auto count = read(machine_.control, &order, 1);
    if (count > 0) {
      signal_all(SIGTERM);
    }
    return count > 0 || (count < 0 && errno == EINTR);
  }

  void signal_all(int signal) const {
    bool is_group_alive = group_ > 0 && !is_script_over_;
    each_child([&](pid_t child) {
      if (getpgid(child) == group_) {
        is_group_alive = true;
      } else {
        kill(child, signal);
      }
    });
    if (is_group_alive) {
      kill(-group_, signal);
    }
  }

  /// True once there is no child left.
  bool reap() {
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended == group_) {
        is_script_over_ = true;
        tell_end(status);
      }
    }
    return ended < 0 && errno == ECHILD;
  }

  /// As the last line of the user data's own.
  void tell_end(int status) const {
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    const std::array<char, 4> digits{static_cast<char>('0' + code / 100),
                                     static_cast<char>('0' + code / 10 % 10),
                                     static_cast<char>('0' + code % 10), '\0'};
    say(machine_.console, "spotvane lab: the user data ended with status ");
    say(machine_.console, digits.data() + (code < 10 ? 2 : code < 100 ? 1 : 0));
    say(machine_.console, "\n");
  }

  void end_all() {
    for (int look = 0; look < kMostLooks; ++look) {
      signal_all(SIGKILL);
      if (reap()) {
        return;
      }
      nanosleep(&kBetweenLooks, nullptr);
    }
  }

  const WatchedMachine& machine_;
  pid_t group_ = 0;
  bool is_script_over_ = false;
};

}  // namespace

void watch_machine(const WatchedMachine& machine) {
  Watcher{machine}.run();
}

}  // namespace spotvane::adapters
