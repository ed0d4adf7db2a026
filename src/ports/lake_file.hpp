#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>

namespace spotvane {

/// A file of an archive that counts: what is not listed in the state store is debris of a crash.
struct LakeFile {
  std::string path;    ///< below the archive's root, "day=2026-08-01/cycle-000000.parquet"
  std::string sha256;  ///< lower-case hex of the whole file
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  TimePoint from;  ///< earliest and latest row
  TimePoint to;

  friend bool operator==(const LakeFile&, const LakeFile&) = default;
};

}  // namespace spotvane
