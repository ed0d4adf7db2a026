#pragma once

#include "market/initial_score.hpp"
#include "ports/text_files.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/pool_sums.hpp"
#include "spotlake/separators.hpp"

#include <cstddef>
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
  ScoreScanner();

  /// Told how many bytes were read since the last call; false stops.
  using OnBytes = std::function<bool(std::uint64_t bytes)>;

  /// Reads one snapshot. What cannot be used goes to `damage`, the rest counts. Says whether it
  /// came to the end, and was not stopped.
  bool scan(TextStream& text, FileDamage& damage, const OnBytes& on_bytes);

  std::uint64_t rows() const { return rows_; }

  /// Adds what another has read.
  void add(const ScoreScanner& other);

  market::InitialScoreTable table() const;

 private:
  class File;

  PoolSums sums_;
  market::InitialScoreTable long_names_;  ///< of the few pools whose names no `PoolKey` holds
  std::uint64_t rows_ = 0;
  std::vector<char> buffer_;
  Separators separators_;
};

}  // namespace spotvane::spotlake
