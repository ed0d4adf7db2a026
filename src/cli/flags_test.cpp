#include "cli/flags.hpp"

#include <gmock/gmock.h>

namespace spotvane::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class FlagsTest : public testing::Test {
 protected:
  FlagsTest() {
    flags.number("limit", "N", "print at most this many", limit, 1, 100);
    flags.duration("every", "time between cycles", every);
    flags.texts("regions", "REGION", "only these", regions);
    flags.choice("types", {"single", "pool"}, "how to ask", types);
    flags.toggle("dry-run", "change nothing", dry_run);
    flags.positional("SQL", "the query", sql);
  }

  Result<bool> parse(std::vector<std::string> arguments) { return flags.parse(arguments); }

  Flags flags{"spotvane test", "a command"};
  int limit = 10;
  std::optional<Duration> every;
  std::vector<std::string> regions;
  std::string types = "single";
  bool dry_run = false;
  std::optional<std::string> sql;
};

TEST_F(FlagsTest, AssignsWhatIsGivenAndLeavesTheRest) {
  const auto help = parse({"--limit", "7", "--every=90s", "--dry-run", "select 1"});

  ASSERT_TRUE(help) << help.error().message;
  EXPECT_FALSE(*help);
  EXPECT_EQ(limit, 7);
  EXPECT_EQ(every, 90s);
  EXPECT_TRUE(dry_run);
  EXPECT_EQ(types, "single");
  EXPECT_EQ(sql, "select 1");
}

TEST_F(FlagsTest, ReadsListsBetweenCommasAndFromRepeats) {
  ASSERT_TRUE(parse({"--regions", "a,b", "--regions", "c"}));

  EXPECT_THAT(regions, ElementsAre("a", "b", "c"));
}

TEST_F(FlagsTest, NamesTheOptionTheBoundAndWhatWasGiven) {
  EXPECT_EQ(parse({"--limit", "0"}).error().message,
            "option '--limit': must be from 1 to 100, got 0");
  EXPECT_EQ(parse({"--limit", "many"}).error().message,
            "option '--limit': expected a whole number, got 'many'");
  EXPECT_THAT(parse({"--types", "x"}).error().message,
              HasSubstr("must be one of single, pool, got 'x'"));
}

TEST_F(FlagsTest, SuggestsTheNearestOption) {
  const auto parsed = parse({"--limti", "7"});

  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "unknown option '--limti'");
  EXPECT_EQ(parsed.error().hint, "did you mean '--limit'?");
}

TEST_F(FlagsTest, AsksForAMissingValue) {
  EXPECT_EQ(parse({"--limit"}).error().kind, ErrorKind::InvalidInput);
}

TEST_F(FlagsTest, ShowsDefaultsAndTheExampleInItsHelp) {
  const auto help = parse({"--help"});

  ASSERT_TRUE(help);
  EXPECT_TRUE(*help);
  EXPECT_THAT(flags.help("spotvane test --limit 3"),
              testing::AllOf(HasSubstr("print at most this many (default 10)"),
                             HasSubstr("spotvane test --limit 3")));
}

}  // namespace
}  // namespace spotvane::cli
