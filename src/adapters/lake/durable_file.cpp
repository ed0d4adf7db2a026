#include "adapters/lake/durable_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <vector>

namespace spotvane::adapters {
namespace {

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : value_{::open(path.c_str(), flags | O_CLOEXEC)} {}
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return value_ >= 0; }
  int value() const { return value_; }

 private:
  int value_;
};

Result<void> sync(const std::filesystem::path& path, int flags) {
  const Descriptor descriptor{path, flags};
  if (!descriptor.is_open() || ::fsync(descriptor.value()) != 0) {
    return tl::unexpected(storage_error("sync", path, errno));
  }
  return {};
}

std::string hint_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "free some space on that disk, or choose another home with --home";
    case EROFS:
    case EACCES:
    case EPERM:
      return "make it writable, or choose another home with --home";
    case EEXIST:
    case ENOTDIR:
    case EISDIR:
      return "something else is in the place of a folder or file of the archive: move it away";
    default:
      return {};
  }
}

}  // namespace

Error storage_error(const std::string& activity, const std::filesystem::path& path,
                    int error_number) {
  return {ErrorKind::Storage,
          fmt::format("{} '{}': {}", activity, path.native(),
                      std::generic_category().message(error_number)),
          hint_for(error_number)};
}

Result<void> sync_file(const std::filesystem::path& file) {
  return sync(file, O_RDONLY);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  return sync(folder, O_RDONLY | O_DIRECTORY);
}

Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return tl::unexpected(storage_error("rename to", to, errno));
  }
  return sync_folder(to.parent_path());
}

Result<void> create_folder_durably(const std::filesystem::path& folder) {
  std::error_code failure;
  if (std::filesystem::is_directory(folder, failure)) {
    return {};
  }
  const auto parent = folder.parent_path();
  if (!parent.empty() && parent != folder) {
    if (auto created = create_folder_durably(parent); !created) {
      return created;
    }
  }
  std::filesystem::create_directory(folder, failure);
  if (failure) {
    return tl::unexpected(storage_error("create folder", folder, failure.value()));
  }
  return parent.empty() ? Result<void>{} : sync_folder(parent);
}

Unfinished::~Unfinished() {
  if (!is_kept_) {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }
}

Result<std::string> sha256_of_file(const std::filesystem::path& file) {
  const Descriptor descriptor{file, O_RDONLY};
  if (!descriptor.is_open()) {
    return tl::unexpected(storage_error("read", file, errno));
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest{EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free};
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  std::vector<unsigned char> buffer(1U << 16U);
  for (;;) {
    const auto count = ::read(descriptor.value(), buffer.data(), buffer.size());
    if (count < 0) {
      return tl::unexpected(storage_error("read", file, errno));
    }
    if (count == 0) {
      break;
    }
    EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<std::size_t>(count));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest.get(), sum.data(), &length);

  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    fmt::format_to(std::back_inserter(hex), "{:02x}", sum[i]);
  }
  return hex;
}

}  // namespace spotvane::adapters
