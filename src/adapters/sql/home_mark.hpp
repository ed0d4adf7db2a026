#pragma once

#include "base/result.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <filesystem>
#include <string>

namespace spotvane::adapters {

// A home whose state is in a database elsewhere, and that database, belong together as a home and
// its state.db do: the one has the archive's files, the other their list. Both are marked: the home
// by the file `state.id`, the database by a note. Then nobody mistakes one for another.

/// Marks a home and a database that are both new, with `id`; else as `check_mark`. Makes the folder
/// where it is missing. Only for who is the only one to do it. Fails with `Storage`, or with
/// `Corrupt` where the home has an archive that the database does not know.
Result<void> mark_home(const std::filesystem::path& home, StateStore& state, Lake& lake,
                       const std::string& id);

/// Fails with `Storage` where home and database do not belong together, saying which of the two is
/// another's.
Result<void> check_mark(const std::filesystem::path& home, StateStore& state);

/// For who leaves the archive alone: as `check_mark`, but a home that is nobody's will do.
Result<void> check_no_others(const std::filesystem::path& home, StateStore& state);

/// For a home with its own state.db: fails with `Storage` where its state is in a database
/// elsewhere.
Result<void> check_unmarked(const std::filesystem::path& home);

}  // namespace spotvane::adapters
