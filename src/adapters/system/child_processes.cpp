#include "adapters/system/child_processes.hpp"

#include "base/assert.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;

namespace {

using Executor = asio::io_context::executor_type;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using boost::system::error_code;
using OnExit = std::function<void(Result<ProcessExit>)>;

/// A pipe whose ends other children do not inherit.
struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

tl::unexpected<Error> refusal(const std::string& program, int error) {
  const auto why = std::generic_category().message(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fail(ErrorKind::NotFound, "there is no program '{}'", program);
    case EACCES:
    case EPERM:
    case ENOEXEC:
      return fail(ErrorKind::Denied, "'{}' cannot be run: {}", program, why);
    default:
      return fail(ErrorKind::Unavailable, "'{}' could not be started: {}", program, why);
  }
}

/// The text as a file that can be read from its beginning; -1 and errno where there is no room.
int input_file(const std::string& text) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  std::size_t written = 0;
  while (file >= 0 && written < text.size()) {
    const auto count = write(file, text.data() + written, text.size() - written);
    if (count < 0) {
      close(file);
      return -1;
    }
    written += static_cast<std::size_t>(count);
  }
  if (file >= 0) {
    lseek(file, 0, SEEK_SET);
  }
  return file;
}

/// Our variables as "NAME=value", but for those that `added` gives another value.
std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (const auto& [name, value] : added) {
    all.push_back(fmt::format("{}={}", name, value));
  }
  for (char** ours = environ; *ours != nullptr; ++ours) {
    const std::string_view one{*ours};
    const auto name = one.substr(0, one.find('='));
    const auto is_it = [&](const auto& other) { return other.first == name; };
    if (std::none_of(added.begin(), added.end(), is_it)) {
      all.emplace_back(one);
    }
  }
  return all;
}

std::vector<char*> as_arguments(std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  return arguments;
}

/// Starts the program with `output` as its standard output, and `input`, unless it is -1, as its
/// standard input. A failing exec is reported as such.
Result<pid_t> spawn(const ProcessCommand& command, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (input >= 0) {
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Network libraries like to ignore SIGPIPE; a child would inherit that.
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

  auto words = command.words;
  auto variables = environment_with(command.environment);
  const auto arguments = as_arguments(words);
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments.front(), &actions, &attributes, arguments.data(),
                                 as_arguments(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return refusal(command.words.front(), error);
  }
  return child;
}

/// One child from its start to its end. Alive as long as somebody waits for it.
///
/// The end of its output is taken for its end: then it is waited for, and that cannot take long,
/// unless it closed its output on purpose; the time-out holds all the while.
class Child : public std::enable_shared_from_this<Child> {
 public:
  Child(asio::io_context& context, ProcessCommand command, pid_t pid, int output, OnExit on_exit)
      : command_{std::move(command)},
        pid_{pid},
        output_{context, output},
        timeout_{context},
        poll_{context},
        on_exit_{std::move(on_exit)} {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The program ends at once where nobody waits for it any longer.
  ~Child() { end_child(); }

  void start() {
    timeout_.expires_after(command_.timeout);
    timeout_.async_wait([self = shared_from_this()](const error_code& error) noexcept {
      if (!error) {
        self->finish(fail(ErrorKind::Unavailable, "'{}' did not end within {}", self->program(),
                          to_text(self->command_.timeout)));
      }
    });
    read();
  }

 private:
  const std::string& program() const { return command_.words.front(); }

  void read() {
    output_.async_read_some(
        asio::buffer(buffer_),
        [self = shared_from_this()](const error_code& error, std::size_t count) noexcept {
          self->take(error, count);
        });
  }

  void take(const error_code& error, std::size_t count) {
    if (!on_exit_) {
      return;
    }
    exit_.output.append(buffer_.data(), count);
    if (exit_.output.size() > command_.output_bytes) {
      return finish(fail(ErrorKind::Corrupt, "'{}' wrote more than {} bytes", program(),
                         command_.output_bytes));
    }
    error ? reap() : read();
  }

  /// Looks whether the child has ended; its output has.
  void reap() {
    int status = 0;
    const auto reaped = waitpid(pid_, &status, WNOHANG);
    if (reaped == 0) {
      poll_.expires_after(std::chrono::milliseconds{5});
      poll_.async_wait([self = shared_from_this()](const error_code& error) noexcept {
        if (!error && self->on_exit_) {
          self->reap();
        }
      });
      return;
    }
    SPOTVANE_ASSERT(reaped == pid_);  // it is our child, and nobody else waits for it
    pid_ = 0;
    exit_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finish(std::move(exit_));
  }

  void finish(Result<ProcessExit> result) {
    const auto self = shared_from_this();
    end_child();
    error_code ignored;
    output_.close(ignored);
    timeout_.cancel();
    poll_.cancel();
    std::exchange(on_exit_, nullptr)(std::move(result));
  }

  void end_child() {
    if (pid_ != 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }

  ProcessCommand command_;
  pid_t pid_;  // 0: reaped
  Descriptor output_;
  Timer timeout_;
  Timer poll_;
  OnExit on_exit_;  // none: it has ended
  ProcessExit exit_;
  std::array<char, 4096> buffer_ = {};
};

}  // namespace

void ChildProcesses::run(ProcessCommand command, OnExit on_exit) {
  SPOTVANE_ASSERT(!command.words.empty());
  const auto refuse = [&](tl::unexpected<Error> error) {
    loop_.post([error = Result<ProcessExit>{std::move(error)}, on_exit = std::move(on_exit)] {
      on_exit(error);
    });
  };
  std::array<int, 2> ends = {};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return refuse(refusal(command.words.front(), errno));
  }
  const Pipe pipe{ends[0], ends[1]};
  const int input = command.input ? input_file(*command.input) : -1;
  auto child = command.input && input < 0 ? Result<pid_t>{refusal(command.words.front(), errno)}
                                          : spawn(command, input, pipe.write_end);
  if (input >= 0) {
    close(input);
  }
  close(pipe.write_end);
  if (!child) {
    close(pipe.read_end);
    return refuse(tl::unexpected(std::move(child.error())));
  }
  std::make_shared<Child>(loop_.context(), std::move(command), *child, pipe.read_end,
                          std::move(on_exit))
      ->start();
}

}  // namespace spotvane::adapters
