#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace spotvane::spotlake {

/// A regional pool's name in six words, so that hashing and comparing it needs no loop over
/// letters: a type of up to 31 letters and a region of up to 15, zeros behind them, and their
/// lengths.
struct PoolKey {
  static constexpr std::size_t kMostTypeLetters = 31;
  static constexpr std::size_t kMostRegionLetters = 15;
  /// How far beyond a name's begin the memory must be readable.
  static constexpr std::size_t kReadAhead = 32;

  std::array<std::uint64_t, 6> words;

  static bool fits(std::string_view type, std::string_view region) {
    return type.size() <= kMostTypeLetters && region.size() <= kMostRegionLetters;
  }

  /// Of names that fit, `kReadAhead` letters readable from where either begins.
  static PoolKey of(std::string_view type, std::string_view region);

  std::string_view type() const { return {letters(), length(3)}; }
  std::string_view region() const { return {letters() + kReadAhead, length(5)}; }
  std::uint64_t hash() const;

  friend bool operator==(const PoolKey& a, const PoolKey& b) {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < a.words.size(); ++i) {
      difference |= a.words[i] ^ b.words[i];
    }
    return difference == 0;
  }

 private:
  static_assert(std::endian::native == std::endian::little,
                "a word's first letter is its last byte");
  static constexpr unsigned kLengthShift = 56;

  /// Keeps the first `length` letters of the word that begins at letter `begin`.
  static constexpr auto kKept = [] {
    std::array<std::array<std::uint64_t, 4>, kMostTypeLetters + 1> kept{};
    for (std::size_t length = 0; length < kept.size(); ++length) {
      for (std::size_t word = 0; word < 4; ++word) {
        const auto letters = std::clamp(length, 8 * word, 8 * word + 8) - 8 * word;
        kept[length][word] =
            letters == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * letters) - 1;
      }
    }
    return kept;
  }();

  const char* letters() const { return reinterpret_cast<const char*>(words.data()); }
  std::size_t length(std::size_t word) const { return words[word] >> kLengthShift; }
};

inline PoolKey PoolKey::of(std::string_view type, std::string_view region) {
  // Two words at a time, and stored as they will be loaded to be compared.
  using TwoWords [[gnu::vector_size(16)]] = std::uint64_t;
  PoolKey key;  // NOLINT(cppcoreguidelines-pro-type-member-init): every word is copied to
  const auto copy = [&](std::size_t word, std::string_view name, std::size_t of_name) {
    TwoWords letters;
    TwoWords kept;
    std::memcpy(&letters, name.data() + 8 * of_name, sizeof letters);
    std::memcpy(&kept, kKept[name.size()].data() + of_name, sizeof kept);
    letters &= kept;
    if (word != 0) {  // the last words of each name
      letters |= TwoWords{0, static_cast<std::uint64_t>(name.size()) << kLengthShift};
    }
    std::memcpy(key.words.data() + word, &letters, sizeof letters);
  };
  copy(0, type, 0);
  copy(2, type, 2);
  copy(4, region, 0);
  return key;
}

inline std::uint64_t PoolKey::hash() const {
  // Odd constants with many ones and zeros: those of splitmix64 and its relatives.
  constexpr std::array<std::uint64_t, 6> kFactors{0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9,
                                                  0x94D049BB133111EB, 0xD6E8FEB86659FD93,
                                                  0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53};
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    hash += (words[i] ^ (words[i] >> 29U)) * kFactors[i];
  }
  hash ^= hash >> 32U;
  return hash * kFactors[0];
}

}  // namespace spotvane::spotlake
