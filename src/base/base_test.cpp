#include "base/http_message.hpp"
#include "base/number.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/spelling.hpp"
#include "base/split.hpp"

#include <gmock/gmock.h>

namespace spotvane {
namespace {

TEST(Random, KeepsItsSequenceForEver) {
  Random random{42};

  EXPECT_EQ(random.next(), 13679457532755275413U);
  EXPECT_EQ(random.next(), 2949826092126892291U);
  EXPECT_EQ(random.below(10), 8U);
}

TEST(Random, ForksIndependentStreams) {
  Random parent{7};
  Random child = parent.fork();

  EXPECT_NE(parent.next(), child.next());
}

TEST(ErrorKind, TellsWhatPassesByItself) {
  EXPECT_TRUE(is_passing(ErrorKind::Unavailable));
  EXPECT_TRUE(is_passing(ErrorKind::Throttled));
  EXPECT_FALSE(is_passing(ErrorKind::QuotaExceeded));
  EXPECT_FALSE(is_passing(ErrorKind::Denied));
}

TEST(Number, ReadsAllOfTheTextOrNothing) {
  EXPECT_EQ(*parse_integer("-12"), -12);
  EXPECT_FALSE(parse_integer("12x"));
  EXPECT_FALSE(parse_integer(""));
  EXPECT_EQ(*parse_real("2.5"), 2.5);
  EXPECT_FALSE(parse_real("nan"));
  EXPECT_FALSE(parse_real("1e999"));
}

TEST(Split, KeepsEmptyPartsButFindsNoneInAnEmptyText) {
  EXPECT_THAT(split("a,,b,", ','), testing::ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("a", ','), testing::ElementsAre("a"));
  EXPECT_THAT(split("", ','), testing::IsEmpty());
}

TEST(Spelling, SuggestsTheNearestKnownWord) {
  const std::vector<std::string> regions{"us-east-1", "us-east-2", "eu-west-1"};

  EXPECT_EQ(nearest("us-esat-1", regions), "us-east-1");
  EXPECT_EQ(nearest("eu-west1", regions), "eu-west-1");
  EXPECT_EQ(nearest("banana", regions), std::nullopt);
}

TEST(HttpMessage, FindsHeadersWhateverTheirCase) {
  const HttpHeaders headers{{"ETag", "\"a\""}, {"etag", "\"b\""}};

  ASSERT_NE(find_header(headers, "ETAG"), nullptr);
  EXPECT_EQ(*find_header(headers, "ETAG"), "\"a\"");
  EXPECT_EQ(find_header(headers, "Date"), nullptr);
}

}  // namespace
}  // namespace spotvane
