#pragma once

#include "market/initial_score.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/known_rows.hpp"
#include "spotlake/pool_sums.hpp"
#include "spotlake/separators.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace spotvane::spotlake {

/// Adds up what snapshots say of each regional pool, file after file, on one thread.
///
/// Memory grows with pools, not with rows. Sums are whole numbers, so that neither the order of
/// files nor how they are shared out among scanners changes anything.
class ScoreScanner {
 public:
  /// How many of `scanners` there are: together they remember no more than one alone would.
  explicit ScoreScanner(std::size_t scanners = 1) : known_rows_{kMostKnownRows / scanners} {}

  /// Told how many bytes were read since the last call; false stops.
  using OnBytes = std::function<bool(std::uint64_t bytes)>;

  /// Reads one snapshot. What cannot be used goes to `damage`, the rest counts. Says whether it
  /// came to the end, and was not stopped.
  bool scan(TextStream& text, FileDamage& damage, const OnBytes& on_bytes);

  std::uint64_t rows() const { return rows_; }

  /// Adds what another has read.
  void add(ScoreScanner& other);

  /// What was read, in no order.
  std::vector<market::PoolVariation> pools();

 private:
  class File;

  /// Some 64 MB of them.
  static constexpr std::size_t kMostKnownRows = 500'000;

  PoolSums sums_;
  KnownRows known_rows_;
  market::PoolVariations long_names_;  ///< of the few pools whose names no `PoolKey` holds
  std::uint64_t rows_ = 0;
  Separators separators_;
};

}  // namespace spotvane::spotlake
