#include "adapters/files/open_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spotvane::adapters {

ErrorKind kind_of(const std::error_code& error) {
  if (error == std::errc::permission_denied) {
    return ErrorKind::Denied;
  }
  return error == std::errc::no_such_file_or_directory ? ErrorKind::NotFound : ErrorKind::Storage;
}

Result<std::unique_ptr<OpenFile>> OpenFile::open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const std::error_code error{errno, std::generic_category()};
    return fail(kind_of(error), "could not be opened: {}", error.message());
  }
  return std::make_unique<OpenFile>(descriptor);
}

OpenFile::~OpenFile() {
  ::close(descriptor_);
}

Result<std::size_t> OpenFile::read(std::span<char> room) {
  while (true) {
    const auto count = ::read(descriptor_, room.data(), room.size());
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (errno != EINTR) {
      return fail(ErrorKind::Corrupt, "could not be read to its end: {}",
                  std::error_code(errno, std::generic_category()).message());
    }
  }
}

std::uint64_t OpenFile::bytes() const {
  struct stat status{};
  return ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void OpenFile::rewind() {
  ::lseek(descriptor_, 0, SEEK_SET);
}

}  // namespace spotvane::adapters
