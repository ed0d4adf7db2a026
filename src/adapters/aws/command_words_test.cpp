#include "adapters/aws/command_words.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Each as Python's shlex.split cuts it, which is what boto3 uses.
TEST(CommandWords, AreCutAsAShellCutsThem) {
  const auto words = [](std::string_view command) { return command_words(command).value(); };

  EXPECT_THAT(words("/usr/bin/cred \"with space\"  x"),
              ElementsAre("/usr/bin/cred", "with space", "x"));
  EXPECT_THAT(words("a 'b \"c' d\\ e"), ElementsAre("a", "b \"c", "d e"));
  EXPECT_THAT(words("a\"b\"'c'd"), ElementsAre("abcd"));
  EXPECT_THAT(words("'' \"\""), ElementsAre("", ""));
  EXPECT_THAT(words(R"("a\"b" "a\\b" "a\nb" 'a\nb' a\nb)"),
              ElementsAre("a\"b", "a\\b", "a\\nb", "a\\nb", "anb"));
  EXPECT_THAT(words("$HOME `id` a|b # c"), ElementsAre("$HOME", "`id`", "a|b", "#", "c"));
  EXPECT_THAT(words("a\tb\nc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words("  "), IsEmpty());
}

TEST(CommandWords, AreNoneWhereAQuoteIsLeftOpen) {
  for (const auto* command : {"secret 'b", "secret \"b", "secret b\\", "\"secret\\\""}) {
    const auto words = command_words(command);
    ASSERT_FALSE(words) << command;
    EXPECT_THAT(words.error().message, Not(HasSubstr("secret")));
  }
}

}  // namespace

}  // namespace spotvane::adapters
