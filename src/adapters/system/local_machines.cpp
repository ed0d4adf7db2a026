#include "adapters/system/local_machines.hpp"

#include "adapters/system/machine_watcher.hpp"
#include "base/assert.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::streamoff kConsoleShown = 64 << 10;
constexpr const char* kConsoleFile = "console.log";
constexpr const char* kScriptFile = "user-data";
constexpr std::string_view kPath = "PATH=";
constexpr const char* kPowerFolder = "power";
/// Stands before the host's own in the path of a machine: user data often ends its instance.
constexpr const char* kPowerScript =
    "#!/bin/sh\n"
    "echo \"${0##*/}: this machine's processes end, and its host's do not\"\n"
    "kill -TERM 0\n";
constexpr std::array kPowerCommands{"shutdown", "poweroff", "halt", "reboot"};

std::string last_reason() {
  return std::generic_category().message(errno);
}

/// Ours, without what would make it act in our name, and with what the machine is given.
std::vector<std::string> environment_of_machine(const BootOrder& order,
                                                const std::filesystem::path& folder) {
  std::vector<std::string> all;
  std::string_view path = "/usr/bin:/bin";
  for (char** ours = environ; *ours != nullptr; ++ours) {
    const std::string_view one{*ours};
    if (one.starts_with(kPath)) {
      path = one.substr(kPath.size());
    } else if (!one.starts_with("AWS_") && !one.starts_with("SPOTVANE_") &&
               !one.starts_with("HOME=") && !one.starts_with("PWD=")) {
      all.emplace_back(one);
    }
  }
  all.push_back(
      fmt::format("{}{}:{}", kPath, (folder.parent_path() / kPowerFolder).string(), path));
  all.push_back(fmt::format("HOME={}", folder.string()));
  for (const auto& [name, value] : order.environment) {
    all.push_back(fmt::format("{}={}", name, value));
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

Result<void> write_whole(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  file.close();
  return file ? Result<void>{}
              : Result<void>{fail(ErrorKind::Unavailable, "boot a machine: '{}' cannot be written",
                                  path.string())};
}

Result<void> write_power_commands(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directory(folder, failed);
  for (const auto* command : kPowerCommands) {
    if (auto written = write_whole(folder / command, kPowerScript); !written) {
      return written;
    }
    std::filesystem::permissions(folder / command, std::filesystem::perms::owner_all, failed);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LocalMachines>> LocalMachines::open(const std::filesystem::path& parent) {
  auto name = (parent / "spotvane-lab-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return fail(ErrorKind::Storage, "make a folder for the lab's instances in '{}': {}",
                parent.string(), last_reason());
  }
  std::unique_ptr<LocalMachines> machines{new LocalMachines{name}};
  return write_power_commands(machines->folder_ / kPowerFolder).map([&] {
    return std::move(machines);
  });
}

LocalMachines::~LocalMachines() {
  for (auto& [id, machine] : machines_) {
    if (machine.control >= 0) {
      close(machine.control);
    }
  }
  for (auto& [id, machine] : machines_) {
    wait_for(machine, true);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<void> LocalMachines::boot(const BootOrder& order) {
  SPOTVANE_ASSERT(!machines_.contains(order.id));
  auto& machine = machines_[order.id];
  machine.folder = folder_ / order.id;
  auto booted = start(machine, order);
  if (!booted) {
    machine.failure = booted.error().message + "\n";
  }
  return booted;
}

Result<void> LocalMachines::start(Machine& machine, const BootOrder& order) {
  std::error_code failed;
  std::filesystem::create_directory(machine.folder, failed);
  if (auto noted = write_whole(machine.folder / kConsoleFile, order.note); failed || !noted) {
    return failed
               ? Result<void>{fail(ErrorKind::Unavailable, "boot a machine: {}", failed.message())}
               : noted;
  }
  if (order.script.empty()) {
    return {};
  }
  auto words = std::vector<std::string>{(machine.folder / kScriptFile).string()};
  if (auto written = write_whole(words.front(), order.script); !written) {
    return written;
  }
  std::filesystem::permissions(words.front(), std::filesystem::perms::owner_all, failed);

  const auto folder = machine.folder.string();
  const auto console = (machine.folder / kConsoleFile).string();
  auto variables = environment_of_machine(order, machine.folder);
  const auto arguments = pointers_to(words);
  const auto environment = pointers_to(variables);
  std::array<int, 2> control = {};  // sockets, to which one may write though nobody is there
  const int output = ::open(console.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (output < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control.data()) != 0) {
    auto error = fail(ErrorKind::Unavailable, "boot a machine: {}", last_reason());
    close(output);
    return error;
  }
  const pid_t watcher = fork();
  if (watcher == 0) {
    // Not even the other watchers' orders: their end must be ours alone to keep open.
    constexpr int kOrders = 3;
    constexpr int kOutput = 4;
    const int orders = fcntl(control[0], F_DUPFD, kOutput + 1);
    const int kept = fcntl(output, F_DUPFD, kOutput + 1);
    dup2(orders, kOrders);
    for (const int all : {STDOUT_FILENO, STDERR_FILENO, kOutput}) {
      dup2(kept, all);
    }
    close_range(kOutput + 1, ~0U, 0);
    watch_machine({.control = kOrders,
                   .console = kOutput,
                   .folder = folder.c_str(),
                   .script = words.front().c_str(),
                   .arguments = arguments.data(),
                   .environment = environment.data()});
  }
  close(control[0]);
  close(output);
  if (watcher < 0) {
    close(control[1]);
    return fail(ErrorKind::Unavailable, "boot a machine: {}", last_reason());
  }
  machine.watcher = watcher;
  machine.control = control[1];
  return {};
}

void LocalMachines::shut_down(const std::string& id) {
  if (const auto found = machines_.find(id);
      found != machines_.end() && found->second.control >= 0) {
    [[maybe_unused]] const auto told = send(found->second.control, "t", 1, MSG_NOSIGNAL);
  }
}

void LocalMachines::cut_power(const std::string& id) {
  if (const auto found = machines_.find(id);
      found != machines_.end() && found->second.control >= 0) {
    close(std::exchange(found->second.control, -1));
  }
  for (auto& [other, machine] : machines_) {
    if (machine.control < 0) {
      wait_for(machine, false);
    }
  }
}

/// For the watcher of one whose power is cut; patiently: until it has ended.
void LocalMachines::wait_for(Machine& machine, bool is_patient) {
  if (machine.watcher != 0 &&
      waitpid(machine.watcher, nullptr, is_patient ? 0 : WNOHANG) == machine.watcher) {
    machine.watcher = 0;
  }
}

std::string LocalMachines::console(const std::string& id) const {
  const auto found = machines_.find(id);
  if (found == machines_.end()) {
    return {};
  }
  std::ifstream file{found->second.folder / kConsoleFile, std::ios::binary | std::ios::ate};
  if (!file) {
    return found->second.failure;
  }
  const auto size = std::streamoff{file.tellg()};
  file.seekg(std::max<std::streamoff>(0, size - kConsoleShown));
  return std::string{std::istreambuf_iterator<char>{file}, {}} + found->second.failure;
}

}  // namespace spotvane::adapters
