#include "market/region_packing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "support/advisor_pools.hpp"

namespace spotvane::market {
namespace {

/// Whether the regions from `next` on fit into the bins, by plain trial of every bin.
bool fits(const std::vector<int>& weights, std::size_t next, std::vector<int>& room) {
  if (next == weights.size()) {
    return true;
  }
  for (std::size_t bin = 0; bin < room.size(); ++bin) {
    const bool same_as_earlier =
        std::find(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(bin), room[bin]) !=
        room.begin() + static_cast<std::ptrdiff_t>(bin);
    if (room[bin] < weights[next] || same_as_earlier) {
      continue;
    }
    room[bin] -= weights[next];
    if (fits(weights, next + 1, room)) {
      return true;
    }
    room[bin] += weights[next];
  }
  return false;
}

int fewest_bins_by_trial(std::vector<int> weights) {
  std::sort(weights.rbegin(), weights.rend());
  const int total = std::accumulate(weights.begin(), weights.end(), 0);
  int bins = (total + kPlacesPerAnswer - 1) / kPlacesPerAnswer;
  for (;; ++bins) {
    std::vector<int> room(static_cast<std::size_t>(bins), kPlacesPerAnswer);
    if (fits(weights, 0, room)) {
      return bins;
    }
  }
}

TEST(RegionPacking, PacksTheAdvisorsPairsIntoTheFewestConfigurations) {
  RegionPacker packer;
  std::size_t pairs = 0;
  std::size_t configurations = 0;
  for (const auto& weights : support::advisor_zone_counts()) {
    const auto packing = packer.pack(weights);
    pairs += weights.size();
    configurations += packing.bins.size();
    EXPECT_EQ(packing.bins.size(), static_cast<std::size_t>(packing.lower_bound));
  }
  EXPECT_EQ(pairs, 10'916);
  EXPECT_EQ(configurations, 4'153);
}

TEST(RegionPacking, NeedsNoMoreBinsThanAnExhaustiveSearchForAnyType) {
  RegionPacker packer;
  std::map<std::vector<int>, int> by_trial;
  for (auto weights : support::advisor_zone_counts()) {
    std::sort(weights.begin(), weights.end());
    const auto [known, is_new] = by_trial.try_emplace(weights);
    if (is_new) {
      known->second = fewest_bins_by_trial(weights);
    }
    ASSERT_EQ(packer.fewest_bins(weights), known->second);
  }
}

TEST(RegionPacking, HoldsEveryRegionOnceAndOverfillsNoBin) {
  RegionPacker packer;
  for (const auto& weights : support::advisor_zone_counts()) {
    std::vector<int> seen(weights.size());
    for (const auto& bin : packer.pack(weights).bins) {
      int total = 0;
      for (const auto region : bin) {
        ++seen[region];
        total += weights[region];
      }
      ASSERT_LE(total, kPlacesPerAnswer);
    }
    ASSERT_EQ(seen, std::vector<int>(weights.size(), 1));
  }
}

TEST(RegionPacking, BeatsFirstFitDecreasingWhereThatIsNotOptimal) {
  RegionPacker packer;
  const std::vector<int> weights{4, 4, 3, 3, 3, 3};  // first fit: 4+4, 3+3+3, 3

  EXPECT_EQ(packer.fewest_bins(weights), 2);
}

TEST(RegionPacking, OfNothingIsNothing) {
  RegionPacker packer;
  const auto packing = packer.pack({});

  EXPECT_TRUE(packing.bins.empty());
  EXPECT_EQ(packing.lower_bound, 0);
}

TEST(RegionPacking, CopesWithEveryWeightAtOnce) {
  RegionPacker packer;
  for (int largest = 1; largest <= kPlacesPerAnswer; ++largest) {
    std::vector<int> weights;
    for (int weight = 1; weight <= largest; ++weight) {
      weights.push_back(weight);
      weights.push_back(weight);
    }
    EXPECT_EQ(packer.fewest_bins(weights), fewest_bins_by_trial(weights)) << largest;
  }
}

}  // namespace
}  // namespace spotvane::market
