#include "base/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spotlake/memory_files.hpp"
#include "spotlake/plain_scan.hpp"
#include "spotlake/score_scanner.hpp"

// Any snapshots at all, one after the other (a letter 1 ends each): the fast reader finds what the
// plain one finds, in whatever pieces they come, and whatever it remembers of those before.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spotvane;
  using namespace spotvane::spotlake;

  if (size < 2) {
    return 0;
  }
  const std::size_t piece = 1 + 37 * std::size_t{data[0]};
  std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  market::PoolVariations plain;
  std::uint64_t plain_rows = 0;
  ScoreScanner scanner{100};  // with little memory to make anew for each input
  while (!rest.empty()) {
    const auto text = rest.substr(0, rest.find('\x01'));
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    const auto expected = scan_plainly("fuzz", text);
    plain.add(expected.table);
    plain_rows += expected.rows;

    FileDamage damage{"fuzz"};
    MemoryText stream{text, piece};
    SPOTVANE_ASSERT(scanner.scan(stream, damage, [](std::uint64_t) { return true; }));
    const auto found = std::move(damage).take();
    SPOTVANE_ASSERT(found.size() == expected.damage.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      SPOTVANE_ASSERT(to_text(found[i]) == to_text(expected.damage[i]));
    }
  }
  SPOTVANE_ASSERT(scanner.rows() == plain_rows);
  SPOTVANE_ASSERT(in_order(scanner.pools()) == plain.pools());
  return 0;
}
