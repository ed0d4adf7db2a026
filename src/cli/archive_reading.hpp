#pragma once

#include "base/result.hpp"
#include "cli/world.hpp"

#include <functional>
#include <vector>

namespace spotvane::cli {

/// Calls `read` with the archive's live files; once more with the new list where another process
/// has meanwhile merged some of them away.
template <typename T>
Result<T> read_archive(Home& home,
                       const std::function<Result<T>(const std::vector<LakeFile>&)>& read) {
  auto files = home.state().files();
  if (!files) {
    return tl::unexpected(std::move(files.error()));
  }
  auto result = read(*files);
  if (result || result.error().kind != ErrorKind::Corrupt) {
    return result;
  }
  auto files_now = home.state().files();
  if (!files_now) {
    return tl::unexpected(std::move(files_now.error()));
  }
  return *files_now == *files ? std::move(result) : read(*files_now);
}

}  // namespace spotvane::cli
