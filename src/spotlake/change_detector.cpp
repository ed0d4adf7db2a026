#include "spotlake/change_detector.hpp"

#include <algorithm>

namespace spotvane::spotlake {

ChangeDetector::ChangeDetector(std::span<const model::MarketChange> known) {
  for (const auto& row : known) {
    const auto pool =
        numbers_.number({row.pool.type.text(), row.pool.region.text(), row.pool.zone.text()});
    resize();
    states_[pool] = pack(row.state);
    is_offered_[pool] = 1;
  }
  offered_ = known.size();
}

void ChangeDetector::resize() {
  states_.resize(numbers_.size());
  is_offered_.resize(numbers_.size());
}

void ChangeDetector::detect(Snapshot& snapshot, TimePoint at, std::deque<Change>& changes) {
  const bool is_whole = snapshot.damage.empty();
  const auto changes_before = static_cast<std::ptrdiff_t>(changes.size());
  FileDamage duplicates{snapshot.file.path.string()};
  numbers_.begin(snapshot);
  for (std::size_t i = 0; i < snapshot.rows.size(); ++i) {
    const auto& row = snapshot.rows[i];
    const auto pool = numbers_.see(snapshot, i);
    if (!pool) {
      duplicates.add(row.line, "an earlier row is of the same pool");
      continue;
    }
    resize();
    const bool is_new = is_offered_[*pool] == 0;
    if (is_new || states_[*pool] != row.state) {
      states_[*pool] = row.state;
      is_offered_[*pool] = 1;
      offered_ += is_new ? 1 : 0;
      changes.push_back({at, row.state, *pool, false});
    }
  }
  for (PoolIndex::Number pool = 0; is_whole && pool < numbers_.size(); ++pool) {
    if (is_offered_[pool] != 0 && !numbers_.is_seen(pool)) {
      is_offered_[pool] = 0;
      --offered_;
      changes.push_back({at, pack({}), pool, true});
    }
  }
  std::sort(changes.begin() + changes_before, changes.end(),
            [this](const Change& a, const Change& b) {
              return numbers_.names(a.pool) < numbers_.names(b.pool);
            });
  for (auto& one : std::move(duplicates).take()) {
    snapshot.damage.push_back(std::move(one));
  }
}

}  // namespace spotvane::spotlake
