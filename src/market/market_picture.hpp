#pragma once

#include "market/market_book.hpp"
#include "market/query_plan.hpp"
#include "model/advisor.hpp"
#include "model/placement_score.hpp"
#include "model/price.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

namespace spotvane::market {

/// Puts together what the sources say of every pool, a cycle at a time.
///
/// What a source did not say in a cycle stays as it was, with two exceptions: a pool that no query
/// covers any more has no score, and one absent from a successful price reading ceases (unless a
/// score says it is there). A pool is a zone's; a region has a row of its own (an empty zone) only
/// where a regional query scored it, or where its zones are not known.
class MarketPicture {
 public:
  /// Starts from the archive's rows in force. Only before the first cycle.
  void restore(const std::vector<model::MarketChange>& rows);

  /// Regions to take notice of. Pools of others stay as they were, except for scores: who does not
  /// look at a region cannot say that its pools ceased.
  void set_regions(std::set<model::Region> regions) { regions_ = std::move(regions); }
  void set_zones(const model::Region& region, const std::vector<model::Zone>& zones);
  /// For when another account is asked: its zones have the same IDs, and other names.
  void forget_zones() { zones_.clear(); }

  void begin_cycle();

  /// A complete reading. Returns how many prices were of zones nobody knows; they are left out.
  std::size_t apply_prices(const model::Region& region, std::span<const model::SpotPrice> prices);
  void apply_advisor(std::span<const model::AdvisorEntry> entries);
  void apply_on_demand(const model::Region& region, std::span<const model::OnDemandPrice> prices);

  /// What target capacities the cycles ask for, ascending, and for which of them a score is the
  /// pool's SPS. With one or none, every score is, and pools have no T2 and T3.
  void set_sweep(std::vector<int> capacities, int score_capacity);

  /// The query was answered: places not in `scores` have none (for the query's capacity).
  void apply_scores(const model::ScoreQuery& query, std::span<const model::PlacementScore> scores);
  /// The query failed: what it covers keeps the scores it had.
  void keep_scores(const model::ScoreQuery& query);

  /// The regional pools that can be asked about, by what this cycle has read so far; sorted.
  std::vector<OfferedPool> offered() const;

  /// The rows to write for this cycle, by pool. `accept` makes its picture the one to compare with.
  std::vector<model::MarketChange> changes(TimePoint at);
  void accept() { book_ = next_; }

  /// Pools of the regions in notice that exist, by the latest `changes`.
  std::size_t pool_count() const;
  const PoolBook& pools() const { return pools_; }
  const MarketBook& book() const { return book_; }

 private:
  enum class ScoreMark : std::uint8_t { None, Kept, Fresh };
  struct Advice {
    int band;
    int savings_percent;
  };

  bool is_listed(const model::Pool& pool) const;
  PoolNumber touch(const model::Pool& pool);
  template <typename Use>
  void for_each_asked(const model::ScoreQuery& query, Use use);
  template <typename Use>
  void for_each_scored(const model::ScoreQuery& query,
                       std::span<const model::PlacementScore> scores, Use use);
  void settle();
  void settle_zones();
  void settle_regions();
  void leave(PoolNumber pool);
  void fill_in(PoolNumber pool);

  std::set<model::Region> regions_;
  std::vector<int> sweep_;
  int score_capacity_ = 0;
  std::unordered_map<model::Region, std::unordered_map<model::ZoneName, model::ZoneId>> zones_;
  std::unordered_map<model::RegionalPool, Advice> advice_;
  std::unordered_map<model::RegionalPool, Money> on_demand_;

  PoolBook pools_;
  std::unordered_map<model::Region, std::vector<PoolNumber>> pools_of_region_;
  MarketBook book_;
  MarketBook next_;
  std::vector<ScoreMark> marks_;
  std::vector<TimePoint> price_times_;
  std::set<model::Region> read_regions_;
};

}  // namespace spotvane::market
