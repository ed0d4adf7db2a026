#pragma once

#include "model/market_row.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace spotvane::market {

/// What a crash had left to be put right.
struct ArchiveRecovery {
  std::size_t published = 0;  ///< files that count, checked or shown
  std::size_t swept = 0;      ///< debris removed
};

/// Brings archive and state store into agreement: shows the files that count, removes what
/// writing left unfinished. Safe at any time when nothing else is writing to the archive. Fails
/// with `Corrupt` where a file that counts is gone, or where there are files nobody knows of.
Result<ArchiveRecovery> recover_archive(StateStore& state, Lake& lake);

/// Calls `read` with the archive's live files; once more with the new list where another process
/// has meanwhile merged some of them away.
template <typename T>
Result<T> read_archive(StateStore& state,
                       const std::function<Result<T>(const std::vector<LakeFile>&)>& read) {
  auto files = state.files();
  if (!files) {
    return tl::unexpected(std::move(files.error()));
  }
  auto result = read(*files);
  if (result || result.error().kind != ErrorKind::Corrupt) {
    return result;
  }
  auto files_now = state.files();
  if (!files_now) {
    return tl::unexpected(std::move(files_now.error()));
  }
  return *files_now == *files ? std::move(result) : read(*files_now);
}

/// Fails with `Corrupt` where the archive holds files that the state store does not list and that
/// are no crash's debris.
Result<void> check_known(StateStore& state, Lake& lake);

/// Whether the archive holds anything. Fails with `Corrupt` where it should not, since the state
/// store lists nothing, and yet there are files.
Result<bool> has_rows(StateStore& state, Lake& lake);

/// Every pool's row in force at `moment`.
Result<std::vector<model::MarketChange>> market_at(StateStore& state, Lake& lake, TimePoint moment);

/// Stores a finished cycle: all of it or, where it fails, nothing. `record.file` is filled in.
/// `changes` are all of time `record.cycle`. Only a failure to show a file that already counts
/// leaves the cycle stored (`is_stored`); `recover_archive` shows it later.
struct StoredCycle {
  CycleRecord record;
  bool is_stored = false;
  Result<void> result = {};
};
StoredCycle store_cycle(StateStore& state, Lake& lake, CycleRecord record,
                        const std::vector<model::MarketChange>& changes);

/// What became of the files of a day or month.
struct Compaction {
  std::size_t files_before = 0;
  std::size_t files_after = 0;
  std::uint64_t rows = 0;
};

/// Merges the files of a finished UTC day into one. A day of one file or none stays as it is. A
/// crash at any moment loses nothing and doubles nothing.
Result<Compaction> compact_day(StateStore& state, Lake& lake, Day day);

/// Merges the files of a finished month into one, sorted by pool, so that a pool's past lies
/// together; what comes late is merged in the next time. As safe as `compact_day`, which should
/// have had the month's days before: reading thousands of files at once takes memory.
Result<Compaction> compact_month(StateStore& state, Lake& lake, Month month);

/// The days before `before` that have more than one file.
Result<std::vector<Day>> days_to_compact(StateStore& state, Day before);

/// The months that were over before `before` and have anything but one file sorted by pool.
Result<std::vector<Month>> months_to_compact(StateStore& state, Day before);

}  // namespace spotvane::market
