#include "market/region_packing.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <climits>

namespace spotvane::market {

namespace {

constexpr int kBitsPerCount = 6;

template <typename Counts>
std::uint64_t key_of(const Counts& counts) {
  std::uint64_t key = 0;
  for (std::size_t weight = 1; weight < counts.size(); ++weight) {
    key = key << kBitsPerCount | counts[weight];
  }
  return key;
}

template <typename Counts>
int size_bound(const Counts& counts) {
  int total = 0;
  for (std::size_t weight = 1; weight < counts.size(); ++weight) {
    total += static_cast<int>(weight) * counts[weight];
  }
  return (total + kPlacesPerAnswer - 1) / kPlacesPerAnswer;
}

}  // namespace

RegionPacker::Counts RegionPacker::count(std::span<const int> weights) {
  Counts counts{};
  for (const int weight : weights) {
    SPOTVANE_ASSERT(weight >= 1 && weight <= kPlacesPerAnswer);
    auto& one = counts[static_cast<std::size_t>(weight)];
    ++one;
    SPOTVANE_ASSERT(one < 1 << kBitsPerCount);
  }
  return counts;
}

int RegionPacker::fewest_bins(std::span<const int> weights) {
  return solve(count(weights)).bins;
}

RegionPacking RegionPacker::pack(std::span<const int> weights) {
  std::array<std::vector<std::size_t>, kPlacesPerAnswer + 1> by_weight;
  for (std::size_t i = weights.size(); i > 0; --i) {  // backwards: the first are taken first
    by_weight[static_cast<std::size_t>(weights[i - 1])].push_back(i - 1);
  }

  auto left = count(weights);
  RegionPacking packing{.bins = {}, .lower_bound = solve(left).bins};
  while (left != Counts{}) {
    const auto rest = solve(left).without_first_bin;
    auto& bin = packing.bins.emplace_back();
    for (std::size_t weight = rest.size() - 1; weight > 0; --weight) {
      for (int taken = left[weight] - rest[weight]; taken > 0; --taken) {
        bin.push_back(by_weight[weight].back());
        by_weight[weight].pop_back();
      }
    }
    left = rest;
  }
  return packing;
}

const RegionPacker::Answer& RegionPacker::solve(const Counts& counts) {
  const auto key = key_of(counts);
  if (const auto known = solved_.find(key); known != solved_.end()) {
    return known->second;
  }
  Answer best;
  if (key != 0) {
    best.bins = INT_MAX;
    int largest = kPlacesPerAnswer;
    while (counts[static_cast<std::size_t>(largest)] == 0) {
      --largest;
    }
    auto rest = counts;  // some bin holds a largest region: look at every way to fill that one
    --rest[static_cast<std::size_t>(largest)];
    try_fills(rest, largest, kPlacesPerAnswer - largest, best);
  }
  return solved_.emplace(key, best).first->second;
}

/// Fills `room` with regions of `weight` and lighter, in every way that leaves no room for another.
void RegionPacker::try_fills(Counts counts, int weight, int room, Answer& best) {
  if (weight == 0) {
    int lightest = 1;
    while (lightest <= room && counts[static_cast<std::size_t>(lightest)] == 0) {
      ++lightest;
    }
    if (lightest > room && best.bins > 1 + size_bound(counts)) {
      if (const int bins = 1 + solve(counts).bins; bins < best.bins) {
        best = {bins, counts};
      }
    }
    return;
  }
  try_fills(counts, weight - 1, room, best);
  auto& left = counts[static_cast<std::size_t>(weight)];
  while (left > 0 && room >= weight) {
    --left;
    room -= weight;
    try_fills(counts, weight - 1, room, best);
  }
}

}  // namespace spotvane::market
