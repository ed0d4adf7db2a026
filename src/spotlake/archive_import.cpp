#include "spotlake/archive_import.hpp"

#include "market/archive_paths.hpp"
#include "market/market_archive.hpp"
#include "spotlake/change_detector.hpp"
#include "spotlake/snapshot_queue.hpp"
#include "spotlake/snapshots_by_time.hpp"

#include <algorithm>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace spotvane::spotlake {

namespace {

constexpr std::size_t kRowsInAPiece = 4'096;

/// Collects a day of changes and stores it.
class ImportedDay {
 public:
  ImportedDay(StateStore& state, Lake& lake, const ChangeDetector& detector)
      : state_{state}, lake_{lake}, detector_{detector} {}

  Day day() const { return day_of(record_.snapshots.front().taken); }
  bool empty() const { return record_.snapshots.empty(); }
  std::size_t files() const { return record_.files.size(); }

  std::deque<ChangeDetector::Change>& changes() { return changes_; }
  void add(ImportedSnapshot snapshot) { record_.snapshots.push_back(std::move(snapshot)); }

  /// Writes the changes so far into a file of the day, unseen.
  Result<void> stage() {
    if (changes_.empty()) {
      return {};
    }
    auto files = state_.files();
    if (!files) {
      return tl::unexpected(files.error());
    }
    files->insert(files->end(), record_.files.begin(), record_.files.end());
    std::vector<model::MarketChange> piece;
    const auto next = [&]() -> std::span<const model::MarketChange> {
      piece.clear();
      while (piece.size() < kRowsInAPiece && !changes_.empty()) {
        piece.push_back(detector_.row(changes_.front()));
        changes_.pop_front();
      }
      return piece;
    };
    return lake_.stage_in_pieces(market::free_day_path(*files, day()), next)
        .map([&](LakeFile file) {
          record_.files.push_back(std::move(file));
          changes_.clear();
        });
  }

  /// Makes the day count, and begins a new one.
  Result<void> commit() {
    return stage().and_then([&] { return state_.commit_import(record_); }).and_then([&]() {
      Result<void> shown;
      for (const auto& file : std::exchange(record_, {}).files) {
        shown = shown.and_then([&] { return lake_.publish(file); });
      }
      return shown;
    });
  }

 private:
  StateStore& state_;
  Lake& lake_;
  const ChangeDetector& detector_;
  ImportRecord record_;
  std::deque<ChangeDetector::Change> changes_;
};

/// What of the list is new. Fails with `InvalidInput` where something is new, but not later than
/// all that is there.
Result<std::vector<SnapshotFile>> new_snapshots(StateStore& state,
                                                const std::vector<SnapshotFile>& files) {
  const auto known = imported_times(state);
  if (!known) {
    return tl::unexpected(known.error());
  }
  const auto latest = state.latest_cycle();
  if (!latest) {
    return tl::unexpected(latest.error());
  }
  std::vector<SnapshotFile> found;
  for (const auto& file : files) {
    if (known->contains(*file.time)) {
      continue;
    }
    if (*latest && *file.time <= **latest) {
      return tl::unexpected(
          Error{ErrorKind::InvalidInput,
                fmt::format("'{}' is not later than what the home has: its latest cycle is of {}",
                            file.path.string(), to_iso8601(**latest)),
                "history is only added to: import older history into a home of its own (--home)"});
    }
    found.push_back(file);
  }
  return found;
}

class Import {
 public:
  Import(StateStore& state, Lake& lake, const ImportOptions& options,
         const ImportListener& listener, std::span<const model::MarketChange> known)
      : options_{options}, listener_{listener}, detector_{known}, day_{state, lake, detector_} {}

  Result<void> run(SnapshotQueue& queue, std::size_t snapshots) {
    ScanProgress progress{.files = snapshots};
    while (true) {
      if (!listener_.go_on(progress)) {
        return tl::unexpected(Error{ErrorKind::Cancelled, "stopped before the end",
                                    "run it again to go on from the last whole day"});
      }
      auto* const snapshot = queue.next();
      if (snapshot == nullptr) {
        return finish_day();
      }
      if (!day_.empty() && day_.day() != day_of(*snapshot->file.time)) {
        if (auto finished = finish_day(); !finished) {
          return finished;
        }
      }
      if (auto added = add(*snapshot); !added) {
        return added;
      }
      ++progress.files_done;
      progress.bytes += snapshot->bytes;
    }
  }

  ImportSummary& summary() { return summary_; }

 private:
  Result<void> add(Snapshot& snapshot) {
    const auto taken = *snapshot.file.time;
    const auto changes_before = day_.changes().size();
    detector_.detect(snapshot, taken, day_.changes());
    for (const auto& damage : snapshot.damage) {
      listener_.on_damage(damage);
    }
    const bool is_whole = snapshot.damage.empty();
    if (!is_whole && options_.is_strict) {
      return fail(ErrorKind::Corrupt,
                  "a snapshot of {} is damaged, and '--strict' refuses that: nothing of that day "
                  "was imported",
                  to_iso8601(day_of(taken)));
    }
    const auto changes = day_.changes().size() - changes_before;
    day_.add({.taken = taken,
              .path = snapshot.file.path.string(),
              .rows = snapshot.rows.size(),
              .pools = detector_.offered(),
              .changes = changes,
              .is_whole = is_whole});
    ++of_day_.snapshots;
    of_day_.rows += snapshot.rows.size();
    of_day_.changes += changes;
    of_day_.damaged += is_whole ? 0 : 1;
    return day_.changes().size() < options_.changes_in_a_file ? Result<void>{} : day_.stage();
  }

  Result<void> finish_day() {
    if (day_.empty()) {
      return {};
    }
    const auto activity = fmt::format("import {}", to_iso8601(day_.day()));
    return day_.stage()
        .and_then([&] {
          of_day_.files = day_.files();
          return day_.commit();
        })
        .map([&] {
          const auto done = std::exchange(of_day_, {});
          summary_.snapshots += done.snapshots;
          summary_.rows += done.rows;
          summary_.changes += done.changes;
          summary_.files += done.files;
          summary_.damaged += done.damaged;
        })
        .map_error([&](Error&& error) { return std::move(error).during(activity); });
  }

  const ImportOptions& options_;
  const ImportListener& listener_;
  ChangeDetector detector_;
  ImportedDay day_;
  ImportSummary of_day_;
  ImportSummary summary_;
};

}  // namespace

Result<ImportSummary> import_archive(TextFiles& files, const SnapshotList& list, StateStore& state,
                                     Lake& lake, const ImportOptions& options,
                                     const ImportListener& listener) {
  const auto ordered = snapshots_by_time(list);
  for (const auto& damage : ordered.damage) {
    listener.on_damage(damage);
  }
  if (options.is_strict && !ordered.damage.empty()) {
    return fail(ErrorKind::Corrupt, "the archive is damaged, and '--strict' refuses that");
  }
  auto todo = new_snapshots(state, ordered.files);
  if (!todo) {
    return tl::unexpected(todo.error());
  }
  ImportSummary nothing_new{.known_snapshots = ordered.files.size() - todo->size(),
                            .damaged = ordered.damage.size()};
  if (todo->empty()) {
    return nothing_new;
  }
  auto known = market::market_at(state, lake, TimePoint::max());
  if (!known) {
    return tl::unexpected(known.error());
  }
  const auto count = todo->size();
  Import import{state, lake, options, listener, *known};
  *known = {};  // some 10 MB
  SnapshotQueue queue{files, list.root, std::move(*todo), options.threads};
  if (auto done = import.run(queue, count); !done) {
    return tl::unexpected(done.error());
  }
  import.summary().known_snapshots = nothing_new.known_snapshots;
  import.summary().damaged += nothing_new.damaged;
  return import.summary();
}

}  // namespace spotvane::spotlake
