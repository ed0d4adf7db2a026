#pragma once

#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/packed_state.hpp"
#include "spotlake/pool_index.hpp"
#include "spotlake/snapshot_files.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace spotvane::spotlake {

/// A snapshot as values: what could be read of its file, and what could not.
struct Snapshot {
  struct Row {
    std::uint64_t line;
    PackedState state;
  };

  SnapshotFile file;
  std::vector<Row> rows;
  PoolNameList names;  ///< of the rows' pools
  std::vector<Damage> damage;
  std::uint64_t bytes = 0;  ///< of text
};

/// Reads one file of an archive into `snapshot`, whose memory is used again. What is damaged is
/// named there, the rest is there.
void read_snapshot(TextFiles& files, const std::filesystem::path& root, SnapshotFile file,
                   Snapshot& snapshot);

}  // namespace spotvane::spotlake
