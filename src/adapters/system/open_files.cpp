#include "adapters/system/open_files.hpp"

#include <sys/resource.h>

namespace spotvane::adapters {

Result<void> raise_open_file_limit(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count) {
    return {};
  }
  if (limit.rlim_max < count) {
    auto failure = fail(ErrorKind::Unavailable, "at most {} files may be open, {} are needed",
                        limit.rlim_max, count);
    failure.value().hint = fmt::format("allow more, for example by `ulimit -Hn {}`", count);
    return failure;
  }
  limit.rlim_cur = count;
  setrlimit(RLIMIT_NOFILE, &limit);
  return {};
}

}  // namespace spotvane::adapters
