#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace spotvane::spotlake {

/// How far a pass over an archive's snapshots has come.
struct ScanProgress {
  std::size_t files_done = 0;
  std::size_t files = 0;
  std::uint64_t bytes = 0;  ///< of text, decompressed
};

/// Asked again and again, on the calling thread, while the pass goes on; false ends it.
using OnProgress = std::function<bool(const ScanProgress&)>;

}  // namespace spotvane::spotlake
