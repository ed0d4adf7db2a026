#pragma once

#include "spotlake/pool_key.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spotvane::spotlake {

/// Count, sum and sum of squares of whole numbers; the fourth is not used, so that adding two of
/// them is adding two vectors.
using Sums = std::array<std::int64_t, 4>;

inline void add(Sums& sums, const Sums& more) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] += more[i];
  }
}

/// What an archive says of a regional pool. Two cache lines.
struct alignas(64) PoolRecord {
  PoolKey key;
  Sums sps;
  Sums interruption;  ///< of twice the IF score
};

/// The records of all regional pools met so far.
///
/// Who has several rows in hand lets the memory of all of them be fetched before the first is
/// needed: first the slots, then what they speak of.
class PoolSums {
 public:
  PoolSums() : slots_(kFirstSlots) { records_.reserve(kFirstSlots); }

  void fetch_slot(std::uint64_t hash) const { __builtin_prefetch(&slots_[place(hash)]); }
  void fetch_record(std::uint64_t hash) const {
    if (const auto record = slots_[place(hash)].record; record != kNone) {
      __builtin_prefetch(&records_[record]);
      __builtin_prefetch(records_[record].sps.data() + 2);
    }
  }

  /// The pool's record if it is the one found last, or the one that was new after that: most
  /// archives list their pools in the same order each time. Null where it is neither.
  PoolRecord* record_in_turn(const PoolKey& key) {
    for (auto at = last_; at < records_.size() && at < last_ + 2; ++at) {
      if (records_[at].key == key) {
        last_ = at;
        return &records_[at];
      }
    }
    return nullptr;
  }

  /// The pool's record, a new one where it had none; `hash` is the key's. Lives until the next
  /// call.
  PoolRecord& record(const PoolKey& key, std::uint64_t hash) {
    for (auto at = place(hash);; at = (at + 1) & (slots_.size() - 1)) {
      const auto slot = slots_[at];
      if (slot.record == kNone) {
        return add(key, hash);
      }
      if (slot.tag == tag(hash) && records_[slot.record].key == key) {
        last_ = slot.record;
        return records_[slot.record];
      }
    }
  }

  /// Records have numbers, from 0, which stay.
  PoolRecord& at(std::uint32_t number) { return records_[number]; }
  std::uint32_t number_of(const PoolRecord& record) const {
    return static_cast<std::uint32_t>(&record - records_.data());
  }
  /// The record that the next row will add to, most likely.
  void expect(std::uint32_t number) { last_ = number; }

  /// Adds what other records say.
  void add(const PoolSums& other);

  const std::vector<PoolRecord>& records() const { return records_; }

 private:
  static constexpr std::size_t kFirstSlots = 1U << 15U;
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t record = kNone;
  };

  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  std::size_t place(std::uint64_t hash) const { return (hash >> 32U) & (slots_.size() - 1); }

  PoolRecord& add(const PoolKey& key, std::uint64_t hash);
  void take_slot(std::uint64_t hash, std::uint32_t record);

  std::vector<Slot> slots_;  // a power of two, half of them taken at most; open addressing
  std::vector<PoolRecord> records_;
  std::size_t last_ = 0;  // the record found last
};

}  // namespace spotvane::spotlake
