#include "spotlake/separators.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

namespace spotvane::spotlake {
namespace {

/// Letter by letter.
void expect_found(std::string_view text, const Separators& found) {
  std::size_t count = 0;
  ASSERT_EQ(found.positions.at(0), ~std::uint32_t{0});
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' || text[i] == '\n') {
      ASSERT_LT(count, found.count) << text;
      EXPECT_EQ(found.positions[++count], i) << text;
    }
  }
  EXPECT_EQ(found.count, count) << text;
  EXPECT_EQ(found.line_breaks,
            static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
  EXPECT_EQ(found.has_quotes, text.find('"') != std::string_view::npos);
}

TEST(Separators, AreFoundInTextsOfAllLengths) {
  Random random{1};
  Separators fast;
  Separators portable;
  for (std::size_t length = 0; length < 300; ++length) {
    std::string text(length, ' ');
    for (auto& letter : text) {
      letter = "a,b\n.9,x\"\r"[random.below(length % 3 == 0 ? 10 : 8)];
    }

    find_separators(text, fast);
    find_separators_portably(text, portable);

    expect_found(text, fast);
    expect_found(text, portable);
  }
}

TEST(Separators, MayFillWholeBlocks) {
  Separators found;
  const std::string text(200, ',');

  find_separators(text, found);

  expect_found(text, found);
}

}  // namespace
}  // namespace spotvane::spotlake
