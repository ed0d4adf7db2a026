#pragma once

#include "base/result.hpp"
#include "model/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::market {

/// Sums of whole numbers, exact, so that the order in which rows are read changes nothing.
struct VariationSums {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t sum_of_squares = 0;

  void add(std::int64_t value) {
    ++count;
    sum += value;
    sum_of_squares += value * value;
  }
  void add(const VariationSums& other);

  /// Sample standard deviation over mean; none of fewer than two values, or where the mean is 0.
  std::optional<double> coefficient() const;

  friend bool operator==(const VariationSums&, const VariationSums&) = default;
};

/// Which pools a score is made for, by the size of their type; regular expressions (ECMAScript)
/// that match anywhere in it, empty for no wish.
struct SizeFilter {
  std::string include = {};
  std::string exclude = {};
};

/// Fails with `InvalidInput` on a bad expression.
Result<void> check(const SizeFilter& filter);

struct InitialScoreResult {
  std::vector<model::InitialScore> scores;  ///< by score, descending; ties by region, then type
  std::size_t pools = 0;                    ///< regional pools seen, after the filter
  std::size_t steady = 0;                   ///< left out: their score is 0
  std::size_t too_few_rows = 0;  ///< without a score: fewer than two values of SPS or of IF
};

/// Sets each score to the product of its coefficients, leaves out those that are 0, and sorts by
/// score, descending, then region, then type.
std::vector<model::InitialScore> rank(std::vector<model::InitialScore> scores);

/// What an archive of snapshots says of one regional pool, over all rows of all its zones. Missing
/// values are left out column by column.
struct PoolVariation {
  model::RegionalPool pool;
  VariationSums sps = {};
  VariationSums interruption = {};  ///< of twice the IF score, a whole number

  friend bool operator==(const PoolVariation&, const PoolVariation&) = default;
};

/// Scores the volatility of each pool: CoV(SPS) * CoV(IF). Every pool may be there once. Fails with
/// `InvalidInput` on a bad expression.
Result<InitialScoreResult> initial_scores(const std::vector<PoolVariation>& pools,
                                          const SizeFilter& filter);

/// Gathers rows in any order.
class PoolVariations {
 public:
  /// One row. `interruption_halves` is twice the IF score.
  void add(std::string_view type, std::string_view region, std::optional<int> sps,
           std::optional<int> interruption_halves);

  /// Adds the rows of another.
  void add(const PoolVariations& other);

  /// All pools, by type, then region.
  std::vector<PoolVariation> pools() const;

 private:
  std::map<model::RegionalPool, PoolVariation> pools_;
};

}  // namespace spotvane::market
