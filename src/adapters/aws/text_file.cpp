#include "adapters/aws/text_file.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace spotvane::adapters {

Result<std::string> read_text_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return fail(ErrorKind::InvalidInput, "read '{}': it is a folder", path.string());
  }
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file) {
    return fail(ErrorKind::InvalidInput, "read '{}': {}", path.string(),
                std::generic_category().message(errno));
  }
  return text;
}

}  // namespace spotvane::adapters
