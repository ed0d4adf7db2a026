#pragma once

#include "model/pool.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::spotlake {

/// A pool's names, lying somewhere else. Ordered as `model::Pool` is.
struct PoolNames {
  std::string_view instance_type;
  std::string_view region;
  std::string_view zone;

  friend bool operator==(const PoolNames&, const PoolNames&) = default;
  friend auto operator<=>(const PoolNames&, const PoolNames&) = default;

  model::Pool pool() const {
    return {model::InstanceType{std::string{instance_type}}, model::Region{std::string{region}},
            model::ZoneId{std::string{zone}}};
  }
};

/// Names of pools one after the other, each set at a place of its own, from 0: strings of their own
/// would take several times the memory.
class PoolNameList {
 public:
  /// None of the names may be longer than 255 letters.
  void add(const PoolNames& names);
  PoolNames operator[](std::size_t place) const;
  std::size_t size() const { return entries_.size(); }
  void clear();

 private:
  struct Entry {
    std::uint32_t begin;
    std::uint8_t type_letters;
    std::uint8_t region_letters;
    std::uint8_t zone_letters;
  };

  std::vector<Entry> entries_;
  std::string letters_;
};

/// Gives pools numbers, from 0, in order of first sight.
class PoolIndex {
 public:
  using Number = std::uint32_t;

  /// The pool's number, a new one where it had none.
  Number number(const PoolNames& names);

  PoolNames names(Number number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::size_t place(const PoolNames& names) const;
  void grow();

  static constexpr Number kNone = UINT32_MAX;

  PoolNameList names_;
  std::vector<Number> slots_;  // at the place of a name's hash or after it; a power of two
};

}  // namespace spotvane::spotlake
