#include "spotlake/pool_index.hpp"

#include <functional>

namespace spotvane::spotlake {

namespace {

constexpr std::size_t kFirstSlots = 1'024;

std::size_t hash_of(const PoolNames& names) {
  const std::hash<std::string_view> hash;
  return (hash(names.instance_type) * 31 + hash(names.region)) * 31 + hash(names.zone);
}

}  // namespace

void PoolNameList::add(const PoolNames& names) {
  entries_.push_back({.begin = static_cast<std::uint32_t>(letters_.size()),
                      .type_letters = static_cast<std::uint8_t>(names.instance_type.size()),
                      .region_letters = static_cast<std::uint8_t>(names.region.size()),
                      .zone_letters = static_cast<std::uint8_t>(names.zone.size())});
  letters_ += names.instance_type;
  letters_ += names.region;
  letters_ += names.zone;
}

PoolNames PoolNameList::operator[](std::size_t place) const {
  const auto& entry = entries_[place];
  const auto after_begin = std::string_view{letters_}.substr(entry.begin);
  const auto after_type = after_begin.substr(entry.type_letters);
  return {.instance_type = after_begin.substr(0, entry.type_letters),
          .region = after_type.substr(0, entry.region_letters),
          .zone = after_type.substr(entry.region_letters, entry.zone_letters)};
}

void PoolNameList::clear() {
  entries_.clear();
  letters_.clear();
}

PoolIndex::Number PoolIndex::number(const PoolNames& names) {
  if (2 * (names_.size() + 1) > slots_.size()) {
    grow();
  }
  auto& slot = slots_[place(names)];
  if (slot == kNone) {
    slot = static_cast<Number>(names_.size());
    names_.add(names);
  }
  return slot;
}

std::size_t PoolIndex::place(const PoolNames& names) const {
  auto found = hash_of(names) & (slots_.size() - 1);
  while (slots_[found] != kNone && names_[slots_[found]] != names) {
    found = (found + 1) & (slots_.size() - 1);
  }
  return found;
}

void PoolIndex::grow() {
  slots_.assign(slots_.empty() ? kFirstSlots : 2 * slots_.size(), kNone);
  for (Number number = 0; number < names_.size(); ++number) {
    slots_[place(names_[number])] = number;
  }
}

}  // namespace spotvane::spotlake
