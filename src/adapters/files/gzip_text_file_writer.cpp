#include "adapters/files/gzip_text_file_writer.hpp"

#include "adapters/files/gzip_stream.hpp"
#include "base/assert.hpp"

#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

namespace spotvane::adapters {

namespace {

constexpr int kMemoryLevel = 8;  // zlib's own choice

tl::unexpected<Error> failure(std::string_view activity, const std::filesystem::path& path,
                              const std::error_code& error) {
  const bool is_denied =
      error == std::errc::permission_denied || error == std::errc::read_only_file_system;
  return tl::unexpected(
      Error{is_denied ? ErrorKind::Denied : ErrorKind::Storage,
            fmt::format("{} '{}': {}", activity, path.string(), error.message()),
            error == std::errc::no_space_on_device ? "free some space on that disk" : ""});
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

/// The text as one gzip member whose header tells neither time nor name.
std::string gzip(std::string_view text) {
  z_stream stream{};
  const int begun = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow,
                                 kMemoryLevel, Z_DEFAULT_STRATEGY);
  SPOTVANE_ASSERT(begun == Z_OK);
  std::string bytes(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int ended = deflate(&stream, Z_FINISH);
  SPOTVANE_ASSERT(ended == Z_STREAM_END);
  bytes.resize(bytes.size() - stream.avail_out);
  deflateEnd(&stream);
  return bytes;
}

/// Empty where all of it was written.
std::error_code write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "wb"),
                                                             &std::fclose};
  if (!file) {
    return last_error();
  }
  std::setvbuf(file.get(), nullptr, _IONBF, 0);  // it comes in one piece
  return std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() ? std::error_code{}
                                                                                : last_error();
}

}  // namespace

Result<void> GzipTextFileWriter::claim_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return failure("create folder", folder, error);
  }
  const bool is_empty = std::filesystem::is_empty(folder, error);
  if (error) {
    return failure("read folder", folder, error);
  }
  if (!is_empty) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                fmt::format("folder '{}' is not empty", folder.string()),
                                "name a new folder"});
  }
  return {};
}

Result<void> GzipTextFileWriter::write(const std::filesystem::path& file, std::string_view text) {
  std::error_code error;
  if (file.has_parent_path()) {
    std::filesystem::create_directories(file.parent_path(), error);
  }
  if (error) {
    return failure("create folder", file.parent_path(), error);
  }
  error = file.extension() == ".gz" ? write_bytes(file, gzip(text)) : write_bytes(file, text);
  if (error) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return failure("write", file, error);
  }
  return {};
}

}  // namespace spotvane::adapters
