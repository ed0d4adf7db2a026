#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spotlake/memory_files.hpp"
#include "spotlake/plain_scan.hpp"
#include "spotlake/score_scanner.hpp"

// Any text at all: the fast reader of snapshots finds what the plain one finds, in whatever pieces
// the text comes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spotvane;
  using namespace spotvane::spotlake;

  if (size < 2) {
    return 0;
  }
  const std::size_t piece = 1 + 37 * std::size_t{data[0]};
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto plain = scan_plainly("fuzz", text);

  ScoreScanner scanner;
  FileDamage damage{"fuzz"};
  MemoryText stream{text, piece};
  const bool is_over = scanner.scan(stream, damage, [](std::uint64_t) { return true; });

  SPOTVANE_ASSERT(is_over);
  SPOTVANE_ASSERT(scanner.table() == plain.table);
  SPOTVANE_ASSERT(scanner.rows() == plain.rows);
  const auto found = std::move(damage).take();
  SPOTVANE_ASSERT(found.size() == plain.damage.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    SPOTVANE_ASSERT(to_text(found[i]) == to_text(plain.damage[i]));
  }
  return 0;
}
