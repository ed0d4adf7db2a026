#include "spotlake/snapshots_by_time.hpp"

#include <algorithm>

namespace spotvane::spotlake {

OrderedSnapshots snapshots_by_time(const SnapshotList& list) {
  OrderedSnapshots ordered{.files = {}, .damage = list.damage};
  for (const auto& file : list.files) {
    if (file.time) {
      ordered.files.push_back(file);
    } else {
      ordered.damage.push_back(
          {file.path.string(), 0, "left out: its path does not tell month and day"});
    }
  }
  std::stable_sort(ordered.files.begin(), ordered.files.end(),
                   [](const auto& a, const auto& b) { return *a.time < *b.time; });
  const SnapshotFile* last = nullptr;
  std::vector<SnapshotFile> files;
  for (const auto& file : ordered.files) {
    if (last != nullptr && last->time == file.time) {
      ordered.damage.push_back(
          {file.path.string(), 0,
           fmt::format("left out: '{}' is of the same moment", last->path.string())});
      continue;
    }
    last = &file;
    files.push_back(file);
  }
  ordered.files = std::move(files);
  return ordered;
}

Result<std::set<TimePoint>> imported_times(StateStore& state) {
  return state.imported_snapshots(TimePoint::min(), TimePoint::max())
      .map([](const std::vector<ImportedSnapshot>& imported) {
        std::set<TimePoint> times;
        for (const auto& snapshot : imported) {
          times.insert(snapshot.taken);
        }
        return times;
      });
}

}  // namespace spotvane::spotlake
