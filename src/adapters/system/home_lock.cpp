#include "adapters/system/home_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::size_t kLongestHolder = 200;

/// "process 1234 (spotvane collect --every 10m)".
std::string this_process() {
  std::string command;
  std::getline(std::ifstream{"/proc/self/cmdline", std::ios::binary}, command);
  while (!command.empty() && command.back() == '\0') {
    command.pop_back();
  }
  std::replace(command.begin(), command.end(), '\0', ' ');
  return fmt::format("process {} ({})", ::getpid(), command.substr(0, kLongestHolder));
}

std::string holder_of(int descriptor) {
  std::array<char, 2 * kLongestHolder> text{};
  const auto count = ::pread(descriptor, text.data(), text.size(), 0);
  return count > 0 ? std::string(text.data(), static_cast<std::size_t>(count)) : "another process";
}

tl::unexpected<Error> refuse(const std::filesystem::path& path, int error_number) {
  const bool is_read_only =
      error_number == EACCES || error_number == EPERM || error_number == EROFS;
  return tl::unexpected(Error{
      ErrorKind::Storage,
      fmt::format("{}lock '{}': {}", is_read_only ? "the home cannot be written: " : "",
                  path.native(), std::generic_category().message(error_number)),
      is_read_only ? "make the folder and what is in it writable, or choose another home with "
                     "--home; `query`, `export`, `score daily` and `plan` only read"
                   : "make the folder writable, or choose another home with --home"});
}

}  // namespace

Result<HomeLock> HomeLock::take(const std::filesystem::path& home) {
  std::error_code failure;
  std::filesystem::create_directories(home, failure);
  if (failure) {
    return refuse(home, failure.value());
  }
  const auto file = home / "lock";
  HomeLock lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
  if (lock.descriptor_ < 0) {
    return refuse(file, errno);
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error_number = errno;
    const int descriptor = std::exchange(lock.descriptor_, -1);
    const auto holder = holder_of(descriptor);
    ::close(descriptor);
    if (error_number != EWOULDBLOCK) {
      return refuse(file, error_number);
    }
    return tl::unexpected(
        Error{ErrorKind::Busy, fmt::format("'{}' is in use by {}", home.native(), holder),
              "wait until it ends, or stop it, or choose another home with --home"});
  }
  // For the message above, and for people who look; the lock holds without it.
  const auto holder = this_process();
  if (::ftruncate(lock.descriptor_, 0) == 0) {
    static_cast<void>(::pwrite(lock.descriptor_, holder.data(), holder.size(), 0) == 0);
  }
  return lock;
}

HomeLock::~HomeLock() {
  if (descriptor_ >= 0) {
    static_cast<void>(::ftruncate(descriptor_, 0) == 0);
    ::close(descriptor_);
  }
}

HomeLock::HomeLock(HomeLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

}  // namespace spotvane::adapters
