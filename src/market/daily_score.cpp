#include "market/daily_score.hpp"

#include "market/market_archive.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace spotvane::market {

namespace {

constexpr int kMissingBand = -1;

/// One regional pool while the day is replayed.
struct Replay {
  std::map<model::ZoneId, model::MarketState> zones;  // the empty zone is the regional row
  std::optional<int> sps;
  int band = kMissingBand;
  int sps_changes = 0;
  int band_changes = 0;

  void apply(const model::MarketChange& row) {
    if (row.has_ceased) {
      zones.erase(row.pool.zone);
    } else {
      zones.insert_or_assign(row.pool.zone, row.state);
    }
  }

  /// Counts what differs from the last look.
  void look() {
    std::optional<int> sps_now;
    int band_now = kMissingBand;
    for (const auto& [zone, state] : zones) {
      if (state.sps && (!sps_now || *state.sps > *sps_now)) {
        sps_now = *state.sps;
      }
      band_now = state.band.value_or(static_cast<std::int16_t>(band_now));
      if (zone.empty() && sps_now) {
        break;  // the regional query speaks for the zones
      }
    }
    if (sps_now && sps_now != sps) {
      ++sps_changes;
      sps = sps_now;
    }
    if (band_now != band) {
      ++band_changes;
      band = band_now;
    }
  }
};

}  // namespace

std::vector<model::DailyScore> daily_scores(std::span<const model::MarketChange> carried,
                                            std::span<const model::MarketChange> changes,
                                            std::span<const TimePoint> cycles) {
  if (cycles.empty()) {
    return {};
  }
  std::unordered_map<model::RegionalPool, Replay> pools;
  const auto apply = [&](const model::MarketChange& row) -> Replay& {
    auto& replay = pools[{row.pool.type, row.pool.region}];
    replay.apply(row);
    return replay;
  };
  for (const auto& row : carried) {
    apply(row);
  }
  auto row = changes.begin();
  for (; row != changes.end() && row->at <= cycles.front(); ++row) {
    apply(*row);
  }
  for (auto& [pool, replay] : pools) {
    replay.look();
  }
  while (row != changes.end()) {
    std::unordered_set<Replay*> touched;
    for (const auto at = row->at; row != changes.end() && row->at == at; ++row) {
      touched.insert(&apply(*row));
    }
    for (auto* replay : touched) {
      replay->look();
    }
  }

  std::vector<model::DailyScore> scores;
  for (const auto& [pool, replay] : pools) {
    scores.push_back({pool, replay.sps_changes, replay.band_changes,
                      replay.sps_changes / 3.0 + replay.band_changes / 5.0});
  }
  std::sort(scores.begin(), scores.end(), [](const auto& a, const auto& b) {
    return std::tie(b.score, a.pool.region, a.pool.type) <
           std::tie(a.score, b.pool.region, b.pool.type);
  });
  return scores;
}

Result<std::vector<model::DailyScore>> score_day(StateStore& state, Lake& lake, Day day) {
  const TimePoint begin = day;
  const TimePoint end = day + std::chrono::days{1};
  const auto cycles = state.cycles(begin, end);
  if (!cycles) {
    return tl::unexpected(cycles.error());
  }
  const auto carried = market_at(state, lake, begin - Duration{1});
  if (!carried) {
    return tl::unexpected(carried.error());
  }
  const auto changes = read_archive<std::vector<model::MarketChange>>(
      state, [&](const std::vector<LakeFile>& files) { return lake.changes(files, begin, end); });
  if (!changes) {
    return tl::unexpected(changes.error());
  }
  return daily_scores(*carried, *changes, *cycles);
}

}  // namespace spotvane::market
