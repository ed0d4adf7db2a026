#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace spotvane::market {

/// The places one answer to a placement score query can hold.
inline constexpr int kPlacesPerAnswer = 10;

/// Shares regions out among configurations so that no answer is cut off.
struct RegionPacking {
  std::vector<std::vector<std::size_t>> bins;  ///< indices of the regions; a bin a configuration
  int lower_bound = 0;                         ///< proven: no packing has fewer bins
};

/// Packs regions, each weighing as many zones as it has (1 to 10), into as few bins of
/// `kPlacesPerAnswer` as there can be. Exact: regions of equal weight are interchangeable, so there
/// are few different problems, and each is solved once for the packer's life.
class RegionPacker {
 public:
  RegionPacking pack(std::span<const int> weights);

  /// The number of bins of an optimal packing.
  int fewest_bins(std::span<const int> weights);

 private:
  using Counts = std::array<std::uint8_t, kPlacesPerAnswer + 1>;  // regions left, by weight
  struct Answer {
    int bins = 0;
    Counts without_first_bin = {};
  };

  static Counts count(std::span<const int> weights);
  const Answer& solve(const Counts& counts);
  void try_fills(Counts counts, int weight, int room, Answer& best);

  std::unordered_map<std::uint64_t, Answer> solved_;
};

}  // namespace spotvane::market
