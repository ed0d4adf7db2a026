#pragma once

#include "base/money.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/catalog.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::spotlake {

/// Which share of the pools differs from one snapshot to the next, in what.
struct ChangeRates {
  double sps = 0.02;              ///< score, T2 and T3
  double interruption = 0.0005;   ///< IF and savings, together for all zones of a regional pool
  double spot_price = 0.01;       ///< by zone
  double replacement = 0.000'02;  ///< a pool ceases and another takes its place
};

/// Pools with a catalog's names and plausible values, as SpotLake's snapshots show them. It is
/// about text alone: whoever wants a market that hangs together asks the simulator.
class SyntheticMarket {
 public:
  /// `pools` of the catalog's, drawn at random. Fails with `InvalidInput` where it has not as many.
  static Result<SyntheticMarket> draw(const model::Catalog& catalog, std::size_t pools,
                                      const ChangeRates& rates, std::uint64_t seed);

  /// Goes on to the next snapshot. The number of pools stays.
  void advance();

  /// The snapshot as comma-separated text with a header. A pool's place among the rows stays.
  std::string snapshot(TimePoint time) const;

 private:
  class PublishedFacts;
  struct RegionalFacts {
    model::RegionalPool pool;
    std::optional<int> band = {};
    int savings = 0;  // where there is a band
    std::optional<Money> on_demand_price = {};
    std::vector<std::uint32_t> pools = {};  // of pools_
  };
  struct PoolFacts {
    std::string zone;
    std::uint32_t regional;  // of regionals_
    std::optional<int> sps = {};
    int t2 = 0;
    int t3 = 0;
    Money spot_price = {};
    std::string row = {};  // all but the time, with the line's end
  };

  SyntheticMarket(const ChangeRates& rates, std::uint64_t seed) : rates_{rates}, random_{seed} {}

  void add_pools(const model::Catalog& catalog);
  void shuffle();
  void sort_rows();
  void draw_score(PoolFacts& pool);
  void draw_first_values(RegionalFacts& regional, const PublishedFacts& published);
  void draw_first_values(PoolFacts& pool);
  void change_score(PoolFacts& pool);
  void change_interruption(RegionalFacts& regional);
  void change_spot_price(PoolFacts& pool);
  void write_row(PoolFacts& pool) const;

  /// The number of pools that `rate` stands for, its fraction by chance.
  std::size_t draw_count(double rate);
  /// A place among the rows that this round of changes has not had.
  std::size_t draw_place();

  ChangeRates rates_;
  Random random_;
  std::vector<RegionalFacts> regionals_;
  std::vector<PoolFacts> pools_;
  std::vector<std::uint32_t> shown_;   // of pools_, in the order of the rows
  std::vector<std::uint32_t> spared_;  // the others, the next to appear first
  std::size_t next_spared_ = 0;
  std::vector<std::uint32_t> drawn_in_;  // by place: the round that drew it last
  std::uint32_t round_ = 0;
};

}  // namespace spotvane::spotlake
