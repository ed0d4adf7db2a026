#pragma once

#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace spotvane::market {

/// One file of the archive, read from end to end.
struct CheckedFile {
  LakeFile file;
  std::optional<Error> damage = {};  ///< none: it is whole
};

struct ArchiveCheck {
  std::vector<CheckedFile> files;
  std::optional<Error> strangers = {};  ///< files that the state store does not know
  std::vector<LostFile> lost;           ///< given up earlier

  bool is_sound() const;
};

/// Compares every file that counts with its length and checksum. Fails with `Storage` where one
/// could not be read at all. Changes nothing; files that others merge away meanwhile are left out.
Result<ArchiveCheck> check_archive(
    StateStore& state, Lake& lake,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress);

/// Gives up the damaged files of `check`, keeps what there is of them apart, and returns them. The
/// pools stand afterwards as the other files have it, until the next cycle, which asks every source
/// anew and writes all that differs. Nothing else may be at work in the archive. After a crash at
/// any moment it can be done again.
Result<std::vector<LostFile>> give_up_damaged(StateStore& state, Lake& lake,
                                              const ArchiveCheck& check, TimePoint now);

}  // namespace spotvane::market
