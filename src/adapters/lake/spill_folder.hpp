#pragma once

#include <filesystem>

namespace spotvane::adapters {

/// Names a folder below `root`, the archive's as a rule, for what one database does not hold in
/// memory: two of them in one folder, of one process or of several, would write into each other's
/// files. DuckDB makes it when it is needed and removes it again.
std::filesystem::path new_spill_folder(const std::filesystem::path& root);

/// Removes those of processes that are no more. What cannot be removed stays.
void remove_abandoned_spills(const std::filesystem::path& root);

}  // namespace spotvane::adapters
