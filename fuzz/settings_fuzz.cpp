#include "base/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cli/settings.hpp"

// Any text at all as spotvane.toml: every mistake has its line, and no setting gets a value that
// makes no sense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spotvane;

  const std::string_view text{reinterpret_cast<const char*>(data), size};
  cli::Settings settings;
  const auto mistakes = cli::apply_toml(text, settings);

  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  for (const auto& mistake : mistakes) {
    SPOTVANE_ASSERT(mistake.line >= 0 && mistake.line <= lines);
    SPOTVANE_ASSERT(!mistake.message.empty());
  }
  SPOTVANE_ASSERT(
      std::is_sorted(mistakes.begin(), mistakes.end(),
                     [](const auto& left, const auto& right) { return left.line < right.line; }));
  SPOTVANE_ASSERT(settings.requests_at_once >= 1 && settings.requests_per_second >= 0);
  SPOTVANE_ASSERT(settings.target_capacity >= 1 && settings.top_k >= 0);
  SPOTVANE_ASSERT(settings.sample_count >= 0);
  SPOTVANE_ASSERT(settings.sps_types == "single" || settings.sps_types == "pool");
  return 0;
}
