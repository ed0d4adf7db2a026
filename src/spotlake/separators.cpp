#include "spotlake/separators.hpp"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// What a function for newer processors calls is compiled for them only if it becomes part of it.
#define SPOTVANE_INLINE __attribute__((always_inline)) inline

namespace spotvane::spotlake {

namespace {

constexpr std::size_t kBlock = 64;

/// One bit for each of a block's letters.
struct Masks {
  std::uint64_t commas;
  std::uint64_t line_breaks;
  std::uint64_t quotes;
};

/// Goes through a text block by block and writes down what the masks of each say.
class Search {
 public:
  Search(std::string_view text, Separators& found) : text_{text}, found_{found} {
    if (found.positions.size() < 1 + text.size() + kBlock) {
      found.positions.resize(1 + text.size() + kBlock);
    }
    found.positions[0] = ~std::uint32_t{0};
    to_ = found.positions.data() + 1;
  }

  /// The next 64 letters, zeros after the text's last; null at the end.
  SPOTVANE_INLINE const char* next_block() {
    if (at_ + kBlock <= text_.size()) {
      return text_.data() + at_;
    }
    if (at_ >= text_.size()) {
      return nullptr;
    }
    rest_ = {};
    std::memcpy(rest_.data(), text_.data() + at_, text_.size() - at_);
    return rest_.data();
  }

  /// Writes positions eight at a time, whether there are as many or not: a block has some nine, and
  /// a loop that stops at the last one would be mispredicted at each block. What is written past
  /// the last, the next block writes over.
  SPOTVANE_INLINE void use(Masks masks) {
    auto separators = masks.commas | masks.line_breaks;
    const auto count = std::popcount(separators);
    for (int written = 0; written < count; written += 8) {
      for (int i = 0; i < 8; ++i) {
        to_[written + i] = static_cast<std::uint32_t>(at_) +
                           static_cast<std::uint32_t>(std::countr_zero(separators));
        separators &= separators - 1;
      }
    }
    to_ += count;
    line_breaks_ += static_cast<std::size_t>(std::popcount(masks.line_breaks));
    quotes_ |= masks.quotes;
    at_ += kBlock;
  }

  void finish() {
    found_.count = static_cast<std::size_t>(to_ - found_.positions.data()) - 1;
    found_.line_breaks = line_breaks_;
    found_.has_quotes = quotes_ != 0;
  }

 private:
  std::string_view text_;
  Separators& found_;
  std::size_t at_ = 0;
  std::uint32_t* to_;
  std::size_t line_breaks_ = 0;
  std::uint64_t quotes_ = 0;
  std::array<char, kBlock> rest_{};
};

#if defined(__x86_64__)

/// Every x86-64 processor has SSE2.
std::uint64_t mask_of(const char* block, char letter) {
  const __m128i wanted = _mm_set1_epi8(letter);
  std::uint64_t mask = 0;
  for (std::size_t at = 0; at < kBlock; at += sizeof(__m128i)) {
    const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + at));
    const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted)));
    mask |= static_cast<std::uint64_t>(bits) << at;
  }
  return mask;
}

#define SPOTVANE_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

SPOTVANE_AVX2 SPOTVANE_INLINE std::uint64_t avx2_mask_of(__m256i low, __m256i high, char letter) {
  const __m256i wanted = _mm256_set1_epi8(letter);
  const auto bits = [&](__m256i half) SPOTVANE_AVX2 {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(half, wanted)));
  };
  return bits(low) | static_cast<std::uint64_t>(bits(high)) << 32U;
}

SPOTVANE_AVX2 void find_by_avx2(std::string_view text, Separators& found) {
  Search search{text, found};
  while (const char* const block = search.next_block()) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32));
    search.use({avx2_mask_of(low, high, ','), avx2_mask_of(low, high, '\n'),
                avx2_mask_of(low, high, '"')});
  }
  search.finish();
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
         __builtin_cpu_supports("bmi2") != 0;
}

#else

std::uint64_t mask_of(const char* block, char letter) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    mask |= static_cast<std::uint64_t>(block[i] == letter) << i;
  }
  return mask;
}

#endif

}  // namespace

void find_separators_portably(std::string_view text, Separators& found) {
  Search search{text, found};
  while (const char* const block = search.next_block()) {
    search.use({mask_of(block, ','), mask_of(block, '\n'), mask_of(block, '"')});
  }
  search.finish();
}

void find_separators(std::string_view text, Separators& found) {
#if defined(__x86_64__)
  static const bool has_it = has_avx2();
  if (has_it) {
    find_by_avx2(text, found);
    return;
  }
#endif
  find_separators_portably(text, found);
}

}  // namespace spotvane::spotlake
