#include "adapters/files/gzip_text_files.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>

namespace spotvane::adapters {

namespace {

constexpr std::size_t kPieceBytes = 256U << 10U;
constexpr int kGzipWindow = 15 + 16;  // the largest window, in a gzip wrapper

ErrorKind kind_of(const std::error_code& error) {
  if (error == std::errc::permission_denied) {
    return ErrorKind::Denied;
  }
  return error == std::errc::no_such_file_or_directory ? ErrorKind::NotFound : ErrorKind::Storage;
}

/// zlib's decompressor of one file, which may consist of several members.
class Gunzip {
 public:
  Gunzip() { inflateInit2(&stream_, kGzipWindow); }
  ~Gunzip() { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  Result<void> add(std::string& bytes, std::string& room,
                   const std::function<void(std::string_view)>& on_text) {
    stream_.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    bool has_more = !bytes.empty();
    while (has_more) {
      if (is_complete_) {
        inflateReset(&stream_);
        is_complete_ = false;
      }
      stream_.next_out = reinterpret_cast<Bytef*>(room.data());
      stream_.avail_out = static_cast<uInt>(room.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      on_text(std::string_view{room}.substr(0, room.size() - stream_.avail_out));
      has_more = stream_.avail_in > 0 || stream_.avail_out == 0;
      if (code == Z_STREAM_END) {
        is_complete_ = true;
        has_more = stream_.avail_in > 0;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {  // the latter: nothing was left to write
        return fail(ErrorKind::Corrupt, "not gzip, or damaged: {}",
                    stream_.msg != nullptr ? stream_.msg : "unexpected data");
      }
    }
    return {};
  }

  bool is_complete() const { return is_complete_; }

 private:
  z_stream stream_{};
  bool is_complete_ = false;
};

}  // namespace

Result<std::vector<std::filesystem::path>> GzipTextFiles::list(const std::filesystem::path& root) {
  std::error_code error;
  const auto status = std::filesystem::status(root, error);
  if (!std::filesystem::exists(status)) {
    return fail(error ? kind_of(error) : ErrorKind::NotFound, "no folder '{}'", root.string());
  }
  if (!std::filesystem::is_directory(status)) {
    return fail(ErrorKind::InvalidInput, "'{}' is not a folder", root.string());
  }
  std::vector<std::filesystem::path> files;
  std::filesystem::recursive_directory_iterator entry{root, error};
  for (; !error && entry != std::filesystem::recursive_directory_iterator{};
       entry.increment(error)) {
    if (entry->is_regular_file(error)) {
      files.push_back(entry->path().lexically_relative(root));
    }
  }
  if (error) {
    return fail(kind_of(error), "list '{}': {}", root.string(), error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> GzipTextFiles::read(const std::filesystem::path& file,
                                 const std::function<void(std::string_view)>& on_text) {
  std::ifstream input{file, std::ios::binary};
  if (!input) {
    const std::error_code error{errno, std::generic_category()};
    return fail(kind_of(error), "could not be opened: {}", error.message());
  }
  const bool is_compressed = file.extension() == ".gz";
  std::string bytes;
  std::string room(is_compressed ? 4 * kPieceBytes : 0, '\0');
  Gunzip gunzip;
  while (input) {
    bytes.resize(kPieceBytes);
    input.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(input.gcount()));
    if (!is_compressed) {
      on_text(bytes);
    } else if (auto added = gunzip.add(bytes, room, on_text); !added) {
      return added;
    }
  }
  if (input.bad()) {
    return fail(ErrorKind::Corrupt, "could not be read to its end");
  }
  if (is_compressed && !gunzip.is_complete()) {
    return fail(ErrorKind::Corrupt, "cut short: the compressed data has no end");
  }
  return {};
}

}  // namespace spotvane::adapters
