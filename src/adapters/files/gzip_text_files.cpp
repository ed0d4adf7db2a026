#include "adapters/files/gzip_text_files.hpp"

#include "adapters/files/gzip_stream.hpp"
#include "adapters/files/open_file.hpp"
#include "adapters/files/plain_text.hpp"

#include <algorithm>
#include <system_error>

namespace spotvane::adapters {

namespace fs = std::filesystem;

Result<FolderListing> GzipTextFiles::list(const fs::path& root) {
  std::error_code error;
  const auto status = fs::status(root, error);
  if (!fs::exists(status)) {
    return fail(error ? kind_of(error) : ErrorKind::NotFound, "no folder '{}'", root.string());
  }
  if (!fs::is_directory(status)) {
    return fail(ErrorKind::InvalidInput, "'{}' is not a folder", root.string());
  }
  FolderListing listing;
  fs::recursive_directory_iterator entry{root, error};
  for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    const auto& path = entry->path();
    if (entry->is_regular_file(error)) {
      listing.files.push_back(path.lexically_relative(root));
    } else if (entry->is_directory(error) && fs::is_empty(path, error)) {
      listing.empty_folders.push_back(path.lexically_relative(root));
    }
    if (error) {
      break;
    }
  }
  if (error) {
    return fail(kind_of(error), "list '{}': {}", root.string(), error.message());
  }
  std::sort(listing.files.begin(), listing.files.end());
  std::sort(listing.empty_folders.begin(), listing.empty_folders.end());
  return listing;
}

Result<std::unique_ptr<TextStream>> GzipTextFiles::open(const fs::path& file) {
  return OpenFile::open(file).map([&](std::unique_ptr<OpenFile> opened) {
    return file.extension() == ".gz" ? open_gzip(std::move(opened)) : open_plain(std::move(opened));
  });
}

}  // namespace spotvane::adapters
