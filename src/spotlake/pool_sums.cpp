#include "spotlake/pool_sums.hpp"

namespace spotvane::spotlake {

void PoolSums::add(const PoolSums& other) {
  for (const auto& theirs : other.records_) {
    auto& ours = record(theirs.key, theirs.key.hash());
    spotlake::add(ours.sps, theirs.sps);
    spotlake::add(ours.interruption, theirs.interruption);
  }
}

PoolRecord& PoolSums::add(const PoolKey& key, std::uint64_t hash) {
  const auto number = static_cast<std::uint32_t>(records_.size());
  records_.push_back({.key = key, .sps = {}, .interruption = {}});
  last_ = number;
  if (2 * records_.size() <= slots_.size()) {
    take_slot(hash, number);
    return records_.back();
  }
  slots_.assign(2 * slots_.size(), {});
  for (std::uint32_t i = 0; i <= number; ++i) {
    take_slot(records_[i].key.hash(), i);
  }
  return records_.back();
}

void PoolSums::take_slot(std::uint64_t hash, std::uint32_t record) {
  auto at = place(hash);
  while (slots_[at].record != kNone) {
    at = (at + 1) & (slots_.size() - 1);
  }
  slots_[at] = {.tag = tag(hash), .record = record};
}

}  // namespace spotvane::spotlake
